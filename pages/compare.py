"""Compare: all runs that are kept, side by side, and the ladder that they climb."""

from mnist37.ui import start
from mnist37.ui.compare import compare
from mnist37.ui.session import says_errors


@says_errors
def compare_runs() -> None:
    """The table, the curves, the ladder."""
    compare(start.engine(), start.digits())


compare_runs()
