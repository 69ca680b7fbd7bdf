"""The book's digits: as fastai has fetched them before, or else downloaded here.

fastai's own `untar_data` would have to be imported for it, which takes seconds and 850 MB in the web process for good.
"""

import os
from pathlib import Path

from mnist37.data.cache import cache_folder
from mnist37.data.origin import Progress
from mnist37.errors import DownloadFailed

URL = "https://s3.amazonaws.com/fast-ai-sample/mnist_sample.tgz"
"""fastai's `URLs.MNIST_SAMPLE`."""

KNOWN_HASH = "md5:2dbc7ec6f9259b583af0072c55816a88"
"""Of that file, as fastai checks it (fastai/data/download_checks.py)."""

MAX_SILENCE_S = 20.0
"""Seconds without a byte after which a server counts as gone."""

CHUNK_BYTES = 65_536

REMEDY = (
    'Use the embedded digits, or download mnist_sample.tgz on another machine and give its path with "--data PATH" '
    "or MNIST37_DATA."
)


def fetch_book(progress: Progress, url: str = URL, known_hash: str = KNOWN_HASH) -> Path:
    """Find or download the digits that the book uses.

    Args:
        progress: called with what is going on, and how far it is from 0 to 1.
        url: where to download from.
        known_hash: of the file there; it is also how a file that was downloaded before is known to be whole.

    Returns:
        The folder that fastai has unpacked, or the archive that was downloaded here.

    Raises:
        DownloadFailed: no network, another file than the known one, or a server that sends nothing.
    """
    import pooch

    by_fastai = Path(os.environ.get("FASTAI_HOME", "~/.fastai")).expanduser() / "data" / "mnist_sample"
    if by_fastai.is_dir():
        return by_fastai
    pooch.get_logger().setLevel("ERROR")  # progress is reported below
    downloader = pooch.HTTPDownloader(_Bar(progress), CHUNK_BYTES, timeout=MAX_SILENCE_S)
    try:
        return Path(pooch.retrieve(url, known_hash, "mnist_sample.tgz", cache_folder(), downloader=downloader))
    except ValueError as error:
        raise DownloadFailed(f"{url} is not the file that fastai's is known to be.", REMEDY) from error
    except OSError as error:  # every error of requests is one
        raise DownloadFailed(f"The book's digits could not be fetched: {_why(error)}.", REMEDY) from error


def _why(error: OSError) -> str:
    import requests

    if isinstance(error, requests.HTTPError) and error.response is not None:
        return f"the server answered {error.response.status_code}"
    if isinstance(error, requests.ConnectionError | requests.exceptions.ChunkedEncodingError):
        return "there is no connection to the server, or it broke off"
    return str(error)


class _Bar:
    """What pooch reports its progress to.

    Args:
        progress: as in `fetch_book`.
    """

    def __init__(self, progress: Progress) -> None:
        self.total, self._done, self._progress = 0, 0, progress

    def update(self, size: int) -> None:
        """Report that so many bytes more have come."""
        self._done += size
        self._progress("Downloading the book's digits", min(1.0, self._done / self.total) if self.total else 0.0)

    def reset(self) -> None:
        """Start from 0: pooch calls this at the end, before it reports the whole size once more."""
        self._done = 0

    def close(self) -> None:
        """No-op."""
