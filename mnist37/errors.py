"""Every error that mnist37 raises on purpose, as one small tree.

    Mnist37Error
    ├── SettingsError          a setting is unknown, of the wrong type or out of its range
    ├── PathError              no file matches a pattern that was typed
    ├── DataError              the digits could not be read
    │   ├── DataNotFound       no such folder or archive, a class folder is missing or empty
    │   ├── BadArchive         truncated, tampered with, or a path that climbs out
    │   ├── BadImage           not an image, not 28x28, not grey
    │   ├── BadIdx             an IDX file with a wrong magic number, count or length
    │   ├── DownloadFailed     a data set could not be downloaded
    │   └── OwnSetError        a set of own digits is full, cannot be written, or has no such id or digit
    ├── RunError               a kept run cannot be used
    │   ├── RunNotFound        no run has that name
    │   ├── RunBroken          its folder is half written or damaged
    │   ├── NotYours           only the run's owner or the host may change it
    │   └── BadBundle          a file to import holds no run, or an inconsistent one
    ├── RoomError              a class room is full, a nickname is taken, or the rooms cannot be read or written
    │   └── RoomNotFound       no room has that code, or it is over
    ├── ExpressionError        a typed tensor expression cannot be parsed, is not allowed, is too large, or fails
    ├── Diverged               a loss or a weight is no longer finite
    ├── OutOfMemory            there is not enough memory to train
    └── EngineError            the training engine is not running or does not respond

Each error has a message, which names what is wrong, and a remedy. `str(error)` is "message remedy", for the visitor.
This module imports nothing else of the project.
"""


class Mnist37Error(Exception):
    """An error with a message and a remedy.

    Args:
        message: one sentence that names what is wrong.
        remedy: one sentence with what to do next.
    """

    def __init__(self, message: str, remedy: str) -> None:
        # Exception gets both, so that the error can be pickled between processes.
        super().__init__(message, remedy)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}"


class SettingsError(Mnist37Error):
    """A setting is unknown, of the wrong type or out of its range."""


class PathError(Mnist37Error):
    """No file matches a typed pattern, or more than one does where one is needed."""


class DataError(Mnist37Error):
    """The digits could not be read."""


class DataNotFound(DataError):
    """No such folder or archive, or one of its class folders is missing or empty."""


class BadArchive(DataError):
    """An archive that is truncated, tampered with, or holds a path that climbs out of it."""


class BadImage(DataError):
    """A file that is not an image, not 28x28 pixels or not grey."""


class BadIdx(DataError):
    """An IDX file with a wrong magic number, count or length."""


class DownloadFailed(DataError):
    """A data set could not be downloaded."""


class OwnSetError(DataError):
    """A set of own digits is full or cannot be written, or the id of a set or the name of a digit is not valid."""


class RunError(Mnist37Error):
    """A kept run cannot be used."""


class RunNotFound(RunError):
    """No run has that name."""


class RunBroken(RunError):
    """A run's folder is half written or damaged."""


class NotYours(RunError):
    """Only the run's owner or the host may change it."""


class BadBundle(RunError):
    """A file to import holds no run, or an inconsistent one."""


class RoomError(Mnist37Error):
    """A class room is full, a nickname is taken or refused, or the rooms cannot be read or written."""


class RoomNotFound(RoomError):
    """No room has that code, or it is over."""


class ExpressionError(Mnist37Error):
    """A typed tensor expression cannot be parsed, is not allowed, is too large, or fails."""


class Diverged(Mnist37Error):
    """A loss or a weight is no longer finite."""


class OutOfMemory(Mnist37Error):
    """There is not enough memory to train."""


class EngineError(Mnist37Error):
    """The training engine is not running or does not respond."""
