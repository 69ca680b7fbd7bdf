"""The log of runs on standard error. It is silent unless `MNIST37_LOG` asks for it.

The engine, its workers and the recorder log through `logging`, below the logger `mnist37`, with the run's id as `run`.
"""

import logging
import os

from mnist37.errors import EngineError

VARIABLE = "MNIST37_LOG"
LEVELS = {"info": logging.INFO, "debug": logging.DEBUG}
DASK = "dask"
FORMAT = "%(asctime)s %(levelname)s %(name)s pid %(process)d run %(run)s: %(message)s"


def log_level() -> int | None:
    """Return the level that is asked for; None for silence.

    Raises:
        EngineError: the variable holds a word that is not known.
    """
    words = [word.strip() for word in os.environ.get(VARIABLE, "").lower().split(",") if word.strip()]
    if set(words) - {*LEVELS, DASK}:
        raise EngineError(
            f"{VARIABLE} is {os.environ[VARIABLE]!r}.",
            f"Set it to info or debug (with Dask's own lines: info,{DASK} or debug,{DASK}), or unset it.",
        )
    return min((LEVELS[word] for word in words if word in LEVELS), default=logging.INFO) if words else None


def dask_level() -> int:
    """Return from which level on Dask's own lines are shown: almost none, unless they are asked for."""
    level = log_level()
    return level if level is not None and DASK in os.environ[VARIABLE].lower() else logging.CRITICAL


def set_up() -> None:
    """Send this process's lines to standard error, if they are asked for; a second call changes nothing."""
    level, ours = log_level(), logging.getLogger("mnist37")
    if level is None:
        return
    ours.setLevel(level)
    if not ours.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter(FORMAT, defaults={"run": "-"}))
        ours.addHandler(handler)
    if dask_level() == level:
        logging.getLogger("distributed").setLevel(level)
