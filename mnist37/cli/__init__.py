"""The command line: a word for each thing that one can do, each for people or with `--json` for programs."""

from mnist37.cli.command_line import main

__all__ = ["main"]
