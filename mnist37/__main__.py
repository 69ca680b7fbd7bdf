"""`mnist37`, or `python -m mnist37`: serves the app, and does all that it does without a browser."""

import sys

from mnist37 import serve


def main() -> int:
    """Run one command; `serve` without importing torch first, which takes seconds.

    Returns:
        The exit code.
    """
    if sys.argv[1:2] == ["serve"]:
        return serve.main(sys.argv[2:])
    from mnist37.cli import main as command_line

    return command_line()


if __name__ == "__main__":
    sys.exit(main())
