"""The command line: a command for each task, with output for people, or with `--json` for programs."""

from mnist37.cli.command_line import main

__all__ = ["main"]
