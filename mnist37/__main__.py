"""`python -m mnist37`: all that the app does, without a browser."""

import sys

from mnist37.cli import main

if __name__ == "__main__":
    sys.exit(main())
