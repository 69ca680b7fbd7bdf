"""Runs: what is kept of a training (settings, history, snapshots, weights), on disk and while it happens."""

from mnist37.runs.files import arrays_to_bytes
from mnist37.runs.history import History, LrChange
from mnist37.runs.record import BrokenRun, RunInfo
from mnist37.runs.recorder import Recorder
from mnist37.runs.store import RunStore, weights_to_bytes

__all__ = ["BrokenRun", "History", "LrChange", "Recorder", "RunInfo", "RunStore", "arrays_to_bytes", "weights_to_bytes"]
