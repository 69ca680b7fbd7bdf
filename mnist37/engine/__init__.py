"""The engine: trains runs outside this process, on Dask, and keeps their events."""

from mnist37.engine.engine import Engine
from mnist37.engine.lr_search import LrSearch

__all__ = ["Engine", "LrSearch"]
