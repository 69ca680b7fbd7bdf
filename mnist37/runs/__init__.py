"""Runs: the data of a training (settings, history, snapshots, weights), on disk and in memory during training."""

from mnist37.runs.files import arrays_to_bytes
from mnist37.runs.history import BatchSizeChange, History, LrChange
from mnist37.runs.record import NAME_LENGTH, BrokenRun, RunInfo, clean_name
from mnist37.runs.recorder import Recorder
from mnist37.runs.store import RunStore, weights_to_bytes
from mnist37.runs.verdict import course, ended_badly, is_chance

__all__ = [
    "NAME_LENGTH",
    "BatchSizeChange",
    "BrokenRun",
    "History",
    "LrChange",
    "Recorder",
    "RunInfo",
    "RunStore",
    "arrays_to_bytes",
    "clean_name",
    "course",
    "ended_badly",
    "is_chance",
    "weights_to_bytes",
]
