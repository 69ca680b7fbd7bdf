"""The book's digits, fetched by fastai's own `untar_data` in a child process that this module starts and listens to.

This module never imports fastai: that takes seconds and 850 MB, and would stay in the web process for good.
"""

import contextlib
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO, Any

from mnist37.child_process import environment
from mnist37.data.cache import cache_folder, write_kept
from mnist37.data.origin import Progress
from mnist37.errors import DownloadFailed

REMEDY = (
    'Use the embedded digits, or download mnist_sample.tgz on another machine and give its path with "--data PATH" '
    "or MNIST37_DATA."
)
SECONDS_OF_SILENCE = 120.0  # importing fastai on a slow machine is silent for up to a minute


def fetch_book(progress: Progress, url: str | None = None) -> Path:
    """Find or download the digits that the book uses.

    Args:
        progress: called with what is going on, and how far it is from 0 to 1.
        url: where to download from; None for fastai's `URLs.MNIST_SAMPLE`.

    Returns:
        The folder, in the layout that `folder` reads.

    Raises:
        DownloadFailed: no network, no fastai, a damaged download or a server that falls silent.
    """
    note = cache_folder() / "book-folder"
    known = _read_note(note)
    if known is not None:
        return known
    command = [sys.executable, "-m", "mnist37.data.fastai_child"]
    path = Path(listen(command + ([url] if url else []), progress))
    try:
        write_kept(note, os.fsencode(path))
    except OSError:
        progress("The digits are here, but their place could not be noted", 1.0)
    return path


def _read_note(note: Path) -> Path | None:
    try:
        known = Path(os.fsdecode(note.read_bytes()))
        return known if known.is_absolute() and known.is_dir() else None
    except (OSError, ValueError):  # never fetched; a note that is damaged
        return None


def listen(command: list[str], progress: Progress, silence: float = SECONDS_OF_SILENCE) -> str:
    """Run a child that speaks as `fastai_child` does, and relay its progress.

    Args:
        command: program and arguments.
        progress: as in `fetch_book`.
        silence: seconds without a line after which the child is stopped.

    Returns:
        The path that the child found.

    Raises:
        DownloadFailed: the child says so, dies, falls silent or cannot be started.
    """
    # Not a pipe for the errors: nobody would empty it, and a full one stops the child.
    with tempfile.TemporaryFile() as errors:
        try:
            child = subprocess.Popen(  # noqa: S603  the command is ours
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, env=environment()
            )
        except OSError as error:
            raise DownloadFailed(f"fastai could not be started ({error}).", REMEDY) from error
        with child:
            try:
                return _relay(_read_lines(child), progress, silence)
            except EOFError as error:
                raise DownloadFailed(f"fastai's process ended early ({_last_words(child, errors)}).", REMEDY) from error
            finally:
                child.kill()


def _read_lines(child: "subprocess.Popen[bytes]") -> "queue.SimpleQueue[bytes]":
    """The child's lines as they come, and b"" at their end: a queue, since a pipe has no time limit."""
    lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def pump(stream: IO[bytes]) -> None:
        # Once nobody listens any more, the stream is closed under its reader.
        with contextlib.suppress(ValueError):
            for line in stream:
                lines.put(line)
        lines.put(b"")

    threading.Thread(target=pump, args=(child.stdout,), name="fetch-book", daemon=True).start()
    return lines


def _relay(lines: "queue.SimpleQueue[bytes]", progress: Progress, silence: float) -> str:
    while True:
        try:
            line = lines.get(timeout=silence)
        except queue.Empty as error:
            raise DownloadFailed(f"fastai was silent for {silence:g} seconds and was stopped.", REMEDY) from error
        if not line:
            raise EOFError
        said = _parse(line)
        if "error" in said:
            raise DownloadFailed(f"The book's digits could not be fetched ({said['error']}).", REMEDY)
        if "path" in said:
            return str(said["path"])
        if "message" in said:
            progress(str(said["message"]), float(said.get("fraction", 0.0)))


def _parse(line: bytes) -> dict[str, Any]:
    try:
        said = json.loads(line)
    except ValueError:  # something that a library printed
        return {}
    return said if isinstance(said, dict) else {}


def _last_words(child: "subprocess.Popen[bytes]", errors: IO[bytes]) -> str:
    status = child.wait()
    errors.seek(0)
    lines = errors.read().decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else f"exit status {status}"
