"""Digits that are downloaded when they are first asked for: the book's, and full MNIST.

fastai's own `untar_data` would have to be imported for the book's, which takes seconds and 850 MB in the web process.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from mnist37.data.cache import cache_folder
from mnist37.data.origin import Progress
from mnist37.errors import DownloadFailed

BOOK_URL = "https://s3.amazonaws.com/fast-ai-sample/mnist_sample.tgz"
"""fastai's `URLs.MNIST_SAMPLE`."""

BOOK_HASH = "md5:2dbc7ec6f9259b583af0072c55816a88"
"""Of that file, as fastai checks it (fastai/data/download_checks.py)."""

MNIST_URL = "https://ossci-datasets.s3.amazonaws.com/mnist"
"""The first mirror of `torchvision.datasets.MNIST`."""

MNIST_HASHES: Mapping[str, str] = MappingProxyType(
    {
        "train-images-idx3-ubyte.gz": "md5:f68b3c2dcbeaaa9fbdd348bbdeb94873",
        "train-labels-idx1-ubyte.gz": "md5:d53e105ee54ea40749a09fcbcd1e9432",
        "t10k-images-idx3-ubyte.gz": "md5:9fb629c4189551a2d022fa330f9573f3",
        "t10k-labels-idx1-ubyte.gz": "md5:ec29112dd5afa0611ce80d1b7f02629c",
    }
)
"""Of the four files there, as torchvision checks them (torchvision/datasets/mnist.py)."""

MAX_SILENCE_S = 20.0
"""Seconds without a byte after which a server counts as gone."""

CHUNK_BYTES = 65_536


def fetch_book(progress: Progress, url: str = BOOK_URL, known_hash: str = BOOK_HASH) -> Path:
    """Find or download the digits that the book uses.

    Args:
        progress: called with what is going on, and how far it is from 0 to 1; an exception from it ends the download.
        url: where to download from.
        known_hash: of the file there; it is also how a file that was downloaded before is known to be whole.

    Returns:
        The folder that fastai has unpacked, or the archive that was downloaded here.

    Raises:
        DownloadFailed: no network, another file than the known one, or a server that sends nothing.
    """
    by_fastai = _by_fastai()
    return by_fastai if by_fastai.is_dir() else _fetch(url, known_hash, _book_path(), "the book's digits", progress)


def fetch_mnist(progress: Progress, url: str = MNIST_URL, known_hashes: Mapping[str, str] = MNIST_HASHES) -> Path:
    """Find or download the four files of full MNIST: 60,000 and 10,000 digits, 11 MB.

    Args:
        progress: as in `fetch_book`.
        url: the address of the folder to download from.
        known_hashes: by the names of the files there.

    Returns:
        The folder with the four files.

    Raises:
        DownloadFailed: as in `fetch_book`; files that came whole are kept for the next try.
    """
    for number, (name, known_hash) in enumerate(known_hashes.items()):

        def part(what: str, share: float, before: int = number) -> None:
            progress(what, (before + share) / len(known_hashes))

        _fetch(f"{url}/{name}", known_hash, _mnist_folder() / name, "full MNIST", part)
    return _mnist_folder()


def has_book() -> bool:
    """Return whether the book's digits are here already."""
    return _by_fastai().is_dir() or _book_path().is_file()


def has_mnist() -> bool:
    """Return whether the four files of full MNIST are here already."""
    return all((_mnist_folder() / name).is_file() for name in MNIST_HASHES)


def _by_fastai() -> Path:
    return Path(os.environ.get("FASTAI_HOME", "~/.fastai")).expanduser() / "data" / "mnist_sample"


def _book_path() -> Path:
    return cache_folder() / "mnist_sample.tgz"


def _mnist_folder() -> Path:
    return cache_folder() / "mnist"


def _fetch(url: str, known_hash: str, path: Path, what: str, progress: Progress) -> Path:
    """Download a file unless it is there whole; a file that is another one than the known one is not kept."""
    import pooch

    pooch.get_logger().setLevel("ERROR")  # progress is reported below
    downloader = pooch.HTTPDownloader(_Bar(what, progress), CHUNK_BYTES, timeout=MAX_SILENCE_S)
    remedy = (
        f'Use the embedded digits, or download {path.name} on another machine and give its path with "--data PATH" '
        "or MNIST37_DATA."
    )
    try:
        return Path(pooch.retrieve(url, known_hash, path.name, path.parent, downloader=downloader))
    except ValueError as error:
        raise DownloadFailed(f"{url} is not the file that it is known to be.", remedy) from error
    except OSError as error:  # every error of requests is one
        raise DownloadFailed(f"{_capital(what)} could not be fetched: {_why(error)}.", remedy) from error


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


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
        what: is downloaded, in words.
        progress: as in `fetch_book`.
    """

    def __init__(self, what: str, progress: Progress) -> None:
        self.total, self._done, self._what, self._progress = 0, 0, what, progress

    def update(self, size: int) -> None:
        """Report that so many bytes more have come."""
        self._done += size
        self._progress(f"Downloading {self._what}", min(1.0, self._done / self.total) if self.total else 0.0)

    def reset(self) -> None:
        """Start from 0: pooch calls this at the end, before it reports the whole size once more."""
        self._done = 0

    def close(self) -> None:
        """No-op."""
