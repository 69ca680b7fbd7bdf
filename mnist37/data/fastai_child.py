"""The child process that fetches the book's digits: `python -m mnist37.data.fastai_child [URL]`.

This is the only file of this layer that imports fastai. It is run, never imported, so the web process stays small. It
writes JSON lines to standard output: {"message", "fraction"} while it works, then {"path"} or {"error"}.
"""

import contextlib
import json
import sys
from pathlib import Path
from typing import Any

MAX_SILENCE_S = 20  # after it the download fails; fastai itself has no timeout


def fetch(url: str | None) -> str:
    """Fetch and unpack a data set with fastai, or find the one that it fetched before.

    Args:
        url: its URL; None for the book's MNIST_SAMPLE.

    Returns:
        The folder.
    """
    say(message="Starting fastai", fraction=0.0)
    import fastdownload.core as fastdownload
    from fastai.data.external import URLs, untar_data

    # untar_data has neither a timeout nor a progress hook; the function that it downloads with can have both.
    fastdownload.download_url = download
    return str(untar_data(url or URLs.MNIST_SAMPLE))


def download(url: str, dest: Path, **_ignored: Any) -> Path:
    """Replace fastdownload's `download_url`: report progress, and fail if the server stops sending.

    Args:
        url: the URL to fetch.
        dest: the file to write.
        **_ignored: the options of the function that it replaces.

    Returns:
        `dest`.
    """
    from fastcore.net import urlsave

    def report(blocks: int, block_size: int, total: int) -> None:
        if blocks % 20 == 0 and total > 0:
            say(message="Downloading the book's digits", fraction=min(1.0, blocks * block_size / total))

    part = dest.with_name(f"{dest.name}.part")
    urlsave(url, part, reporthook=report, timeout=MAX_SILENCE_S)
    return part.replace(dest)


def say(**line: Any) -> None:
    """Send one JSON line to the parent."""
    sys.__stdout__.write(json.dumps(line) + "\n")  # type: ignore[union-attr]
    sys.__stdout__.flush()  # type: ignore[union-attr]


def main(arguments: list[str]) -> int:
    """Fetch the digits and send the result to the parent.

    Args:
        arguments: the URL, or nothing for the book's.

    Returns:
        0, or 1 on failure.
    """
    try:
        # fastai prints to stdout, which is for the parent only.
        with contextlib.redirect_stdout(sys.stderr):
            say(path=fetch(arguments[0] if arguments else None))
    except Exception as error:  # noqa: BLE001  any error goes to the parent, which shows it
        say(error=f"{type(error).__name__}: {error}".splitlines()[0])
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
