"""Every error that mnist37 raises on purpose, as one small tree.

    Mnist37Error
    ├── SettingsError          a setting is unknown, of the wrong type or out of its range
    ├── PathError              no file matches a pattern that was typed
    ├── DataError              the digits could not be read
    │   ├── DataNotFound       no such folder or archive, a class folder is missing or empty
    │   ├── BadArchive         truncated, tampered with, or a path that climbs out
    │   ├── BadImage           not an image, not 28x28, not grey
    │   ├── BadIdx             an IDX file with a wrong magic number, count or length
    │   ├── DownloadFailed     the book's data set could not be fetched
    │   └── OwnSetError        a set of own digits is full, cannot be written, or has no such id or digit
    ├── RunError               a kept run cannot be used
    │   ├── RunNotFound        no run has that name
    │   ├── RunBroken          its folder is half written or damaged
    │   ├── NotYours           it is another visitor's, who alone may change it, or the host
    │   └── BadBundle          a file that somebody packed holds no run, or not one that fits together
    ├── ExpressionError        a typed tensor expression cannot be read, is not allowed, or does not work out
    ├── Diverged               a loss or a weight stopped being a finite number
    └── EngineError            the training engine is not there or does not answer

Each says what was wrong, with what, and what to do: `str(error)` is "message remedy", ready to be shown to a learner.
This module knows nothing else of the project.
"""


class Mnist37Error(Exception):
    """What went wrong, and what to do about it.

    Args:
        message: one sentence that names the thing that is wrong.
        remedy: one sentence that says what to do next.
    """

    def __init__(self, message: str, remedy: str) -> None:
        # Both go to Exception, so that the error survives pickling between processes.
        super().__init__(message, remedy)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}"


class SettingsError(Mnist37Error):
    """A setting is unknown, of the wrong type or out of its range."""


class PathError(Mnist37Error):
    """No file matches a pattern that was typed, or more than one where one is meant."""


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
    """The book's data set could not be fetched."""


class OwnSetError(DataError):
    """A set of own digits that is full or cannot be written, or an id or a name that no set or digit can have."""


class RunError(Mnist37Error):
    """A kept run cannot be used."""


class RunNotFound(RunError):
    """No run has that name."""


class RunBroken(RunError):
    """A run's folder is half written or damaged."""


class NotYours(RunError):
    """A run that only its owner, who is somebody else, or the host may change."""


class BadBundle(RunError):
    """A file that is to be imported holds no run, or not one that fits together."""


class ExpressionError(Mnist37Error):
    """A tensor expression that somebody typed cannot be read, is not allowed, is too large, or does not work out."""


class Diverged(Mnist37Error):
    """A loss or a weight stopped being a finite number."""


class EngineError(Mnist37Error):
    """The training engine is not there or does not answer."""
