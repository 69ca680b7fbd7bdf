"""The child process that fetches the book's digits: `python -m mnist37.data.fastai_child [URL]`.

The only file of this layer that imports fastai, and it is never imported, only run: so the web process stays small. It
speaks JSON lines on standard output: {"message", "fraction"} while it works, then {"path"} or {"error"}.
"""

import contextlib
import json
import sys
from pathlib import Path
from typing import Any

SECONDS_OF_SILENCE = 20  # after which a server counts as gone; fastai itself would wait for ever


def fetch(url: str | None) -> str:
    """Fetch and unpack a data set with fastai, or find the one that it fetched before.

    Args:
        url: where it is; None for the book's MNIST_SAMPLE.

    Returns:
        The folder.
    """
    say(message="Starting fastai", fraction=0.0)
    import fastdownload.core as fastdownload
    from fastai.data.external import URLs, untar_data

    # untar_data has neither a time limit nor a progress hook; the function it downloads with has room for both.
    fastdownload.download_url = download
    return str(untar_data(url or URLs.MNIST_SAMPLE))


def download(url: str, dest: Path, **_ignored: Any) -> Path:
    """Stands in for fastdownload's `download_url`: reports progress, and gives up on a server that falls silent.

    Args:
        url: what to fetch.
        dest: where to put it.
        **_ignored: the options of the function that it stands in for.

    Returns:
        `dest`.
    """
    from fastcore.net import urlsave

    def report(blocks: int, block_size: int, total: int) -> None:
        if blocks % 20 == 0 and total > 0:
            say(message="Downloading the book's digits", fraction=min(1.0, blocks * block_size / total))

    part = dest.with_name(f"{dest.name}.part")
    urlsave(url, part, reporthook=report, timeout=SECONDS_OF_SILENCE)
    return part.replace(dest)


def say(**line: Any) -> None:
    """Send one JSON line to the parent."""
    sys.__stdout__.write(json.dumps(line) + "\n")  # type: ignore[union-attr]
    sys.__stdout__.flush()  # type: ignore[union-attr]


def main(arguments: list[str]) -> int:
    """Fetch, and tell the parent how it went.

    Args:
        arguments: the URL, or nothing for the book's.

    Returns:
        0, or 1 where it failed.
    """
    try:
        # What fastai prints is not for the parent.
        with contextlib.redirect_stdout(sys.stderr):
            say(path=fetch(arguments[0] if arguments else None))
    except Exception as error:  # noqa: BLE001  whatever it is, the parent has to tell the learner
        say(error=f"{type(error).__name__}: {error}".splitlines()[0])
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
