"""A run to take along."""
from mnist37.takeaway.kept_run import KeptRun
__all__ = ["KeptRun"]
