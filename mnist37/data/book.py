"""Fetch the book's digits with fastai's own `untar_data`, in a child process that this module starts and reads from.

This module never imports fastai: that takes seconds and 850 MB, and the memory would stay in use in the web process.
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
MAX_SILENCE_S = 120.0  # importing fastai on a slow machine prints nothing for up to a minute


def fetch_book(progress: Progress, url: str | None = None) -> Path:
    """Find or download the digits that the book uses.

    Args:
        progress: called with a message and the fraction done, 0 to 1.
        url: where to download from; None for fastai's `URLs.MNIST_SAMPLE`.

    Returns:
        The folder, in the layout that `folder` reads.

    Raises:
        DownloadFailed: no network, no fastai, a damaged download or a server that stops sending.
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
    except (OSError, ValueError):  # never fetched, or the note is damaged
        return None


def listen(command: list[str], progress: Progress, silence: float = MAX_SILENCE_S) -> str:
    """Run a child process that writes the lines of `fastai_child`, and pass its progress on.

    Args:
        command: program and arguments.
        progress: as in `fetch_book`.
        silence: seconds without a line until the child is stopped.

    Returns:
        The path that the child found.

    Raises:
        DownloadFailed: the child reports an error, dies, sends nothing for too long or cannot be started.
    """
    # Errors go to a file: nothing would read a pipe, and a full pipe blocks the child.
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
    """Return a queue of the child's lines, b"" at their end; unlike a pipe, a queue can be read with a timeout."""
    lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def pump(stream: IO[bytes]) -> None:
        # When the caller has stopped, the stream is closed while this thread still reads it.
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
        message = _parse(line)
        if "error" in message:
            raise DownloadFailed(f"The book's digits could not be fetched ({message['error']}).", REMEDY)
        if "path" in message:
            return str(message["path"])
        if "message" in message:
            progress(str(message["message"]), float(message.get("fraction", 0.0)))


def _parse(line: bytes) -> dict[str, Any]:
    try:
        message = json.loads(line)
    except ValueError:  # a library printed it
        return {}
    return message if isinstance(message, dict) else {}


def _last_words(child: "subprocess.Popen[bytes]", errors: IO[bytes]) -> str:
    status = child.wait()
    errors.seek(0)
    lines = errors.read().decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else f"exit status {status}"
