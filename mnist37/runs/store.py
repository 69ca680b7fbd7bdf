"""The run store: one folder a run under the user's data folder, with settings, history, snapshots and weights.

It only reads and writes files; a `Recorder` receives the events of a training.
"""

import contextlib
import os
import shutil
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import safetensors.torch
from torch import Tensor

from mnist37.clock import now
from mnist37.data import Digits
from mnist37.errors import Mnist37Error, RunBroken, RunError, RunNotFound
from mnist37.events import Status
from mnist37.home import home, write_whole
from mnist37.rungs import Weights
from mnist37.runs.files import read_arrays, read_json, read_tensors, write_arrays, write_json
from mnist37.runs.history import History
from mnist37.runs.record import BrokenRun, Owner, RunInfo, clean_name
from mnist37.settings import Settings

SETTLED_SECONDS = 2.0
"""A file older than this gets another time stamp when it is written again, even with a coarse clock of the disk."""

ABANDONED = "The program ended while this run was under way; what it had told until then is kept."


class RunStore:
    """Keeps runs under `folder` (by default `runs` in the user's data folder)."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or home() / "runs"
        self._parsed: dict[str, tuple[tuple[int, ...], RunInfo]] = {}
        self._sizes: dict[str, tuple[int, int]] = {}

    def create(self, settings: Settings, digits: Digits, visitor: str = "") -> RunInfo:
        """Create a new run, queued; its folder appears with its `run.json` or not at all.

        Args:
            settings: its settings.
            digits: the digits that it learns from.
            visitor: the visitor who owns it; see `RunInfo`.

        Raises:
            RunError: the folder cannot be written.
        """
        info = RunInfo(
            id="",
            settings=settings,
            status=Status.QUEUED,
            reason="",
            created=now(),
            source=digits.source,
            fingerprint=digits.fingerprint,
            n_train=digits.n_train,
            n_valid=digits.n_valid,
            step=0,
            accuracy=None,
            seconds=0.0,
            owner=Owner.this_process(),
            valid_fingerprint=digits.valid_fingerprint,
            n_own=digits.n_own,
            visitor=visitor,
        )
        return self._put_in_place(info)

    def put(self, info: RunInfo, history: History, weights: Weights | None = None) -> RunInfo:
        """Keep an imported run under a new id; its folder appears whole or not at all.

        Args:
            info: the run; it must be over. Its id and owner are replaced.
            history: its curves and snapshots.
            weights: its final weights, if it has any.

        Returns:
            The run as it is kept.

        Raises:
            RunError: the folder cannot be written.
        """
        info = info.replace(owner=Owner.this_process())
        return self._put_in_place(info, lambda folder: _write_all(folder, history, weights))

    def _put_in_place(self, info: RunInfo, fill: Callable[[Path], None] | None = None) -> RunInfo:
        """Give a run an id, and fill its folder before it becomes visible under the final name."""
        stamp = datetime.fromtimestamp(now(), UTC).strftime("%Y%m%d-%H%M%S")
        info = info.replace(id=f"{stamp}-{info.settings.rung}-{uuid.uuid4().hex[:6]}")
        half_made = self.folder / f".{info.id}"
        try:
            half_made.mkdir(parents=True)
            write_json(half_made / "run.json", info.to_json())
            if fill is not None:
                fill(half_made)
            half_made.rename(self.folder / info.id)
        except OSError as error:
            raise RunError(
                f"No run can be kept in {self.folder} ({error.strerror or error}).",
                "Make room on the disk, or set MNIST37_HOME to a folder that you may write to.",
            ) from error
        finally:
            shutil.rmtree(half_made, ignore_errors=True)
        return info

    def runs(self, most: int | None = None) -> list[RunInfo | BrokenRun]:
        """Return the runs, the newest first (at most `most`); unreadable ones are listed as broken."""
        names = (entry.name for entry in self._entries() if not entry.name.startswith(".") and entry.is_dir())
        found = [self._info_or_broken(name) for name in sorted(names, reverse=True)[:most]]
        return sorted(found, key=lambda run: run.created if isinstance(run, RunInfo) else 0.0, reverse=True)

    def sizes(self) -> dict[str, int]:
        """Return the bytes of each kept run's files, by its id.

        A folder is read again after a file was replaced in it, which changes the folder's own time.
        """
        sizes: dict[str, tuple[int, int]] = {}
        for folder in self._entries():
            with contextlib.suppress(OSError):  # deleted meanwhile, or no folder
                changed = folder.stat().st_mtime_ns
                then, size = self._sizes.get(folder.name, (0, 0))
                if then != changed:
                    size = sum(entry.stat(follow_symlinks=False).st_size for entry in os.scandir(folder))
                sizes[folder.name] = changed, size
        self._sizes = sizes
        return {name: size for name, (_, size) in sizes.items()}

    def find(self, name: str, *, with_weights: bool = False) -> str:
        """Return the id of a run by `name`: its whole id, an unambiguous part of it, or `last`.

        With `with_weights`, `last` is the last run with final weights, not one that still trains.

        Raises:
            RunNotFound: there is no such run, or more than one.
        """
        runs = self.runs()
        ids = [run.id for run in runs]
        if name == "last":
            usable = (run.id for run in runs if isinstance(run, RunInfo))
            found = [run_id for run_id in usable if not with_weights or self.has_weights(run_id)][:1]
        else:
            found = [name] if name in ids else [id_ for id_ in ids if name and name in id_]
        if not found:
            raise RunNotFound(f"There is no run {name!r}.", "List the runs with: python -m mnist37 runs")
        if len(found) > 1:
            raise RunNotFound(f"{len(found)} runs match {name!r}.", f"Give more of its id, such as {found[0]}.")
        return found[0]

    def info(self, run_id: str) -> RunInfo:
        """Return a run without its curves.

        Raises:
            RunNotFound: there is no such run.
            RunBroken: its `run.json` cannot be read.
        """
        info = self._read_info(run_id)
        if not info.status.is_over and info.owner.is_gone():
            return info.replace(status=Status.FAILED, reason=ABANDONED)
        return info

    def _read_info(self, run_id: str) -> RunInfo:
        """Read a `run.json`; an unchanged file is not parsed again.

        A page lists hundreds of runs, so this makes one call of the system for each whose file did not change.
        """
        known = self._parsed.get(run_id)
        if known and known[0] == _stamp(f"{self.folder}/{run_id}/run.json")[0]:
            return known[1]
        path = self._folder(run_id) / "run.json"
        stamp, settled = _stamp(path)
        values = read_json(path)
        try:
            info = RunInfo.from_json(values).replace(id=run_id)  # the folder may have been renamed
        except (KeyError, TypeError, ValueError, Mnist37Error) as error:
            raise RunBroken(
                f"The run {run_id} is broken: run.json: {error!r}.", "Delete its folder and train again."
            ) from None
        if settled:
            self._parsed[run_id] = stamp, info
        return info

    def history(self, run_id: str) -> History:
        """Read a run's curves and snapshots, as far as they were written.

        Raises:
            RunNotFound: there is no such run.
            RunBroken: a file of it is damaged.
        """
        folder = self._folder(run_id)
        columns, snapshots = (folder / name for name in ("history.safetensors", "snapshots.safetensors"))
        if not columns.exists():
            return History()
        try:
            return History.from_arrays(read_arrays(columns), read_arrays(snapshots) if snapshots.exists() else {})
        except (KeyError, ValueError) as error:
            raise RunBroken(
                f"The run {run_id} is broken: its history: {error!r}.", "Delete its folder and train again."
            ) from None

    def weights(self, run_id: str) -> dict[str, Tensor]:
        """Read a run's final weights, as float32 tensors (integers for counters).

        Raises:
            RunNotFound: there is no such run.
            RunBroken: the weights are missing or damaged.
        """
        return read_tensors(self._folder(run_id) / "weights.safetensors")

    def has_weights(self, run_id: str) -> bool:
        """Return whether a run has final weights."""
        try:
            return (self._folder(run_id) / "weights.safetensors").exists()
        except RunNotFound:
            return False

    def write_info(self, info: RunInfo) -> None:
        """Replace a run's `run.json`."""
        write_json(self.folder / info.id / "run.json", info.to_json())

    def write_history(self, run_id: str, history: History) -> None:
        """Replace a run's curves and snapshots."""
        _write_history(self.folder / run_id, history)

    def write_weights(self, run_id: str, data: bytes) -> None:
        """Replace a run's weights with these safetensors bytes."""
        write_whole(self.folder / run_id / "weights.safetensors", data)

    def rename(self, run_id: str, name: str) -> RunInfo:
        """Rename a run; an empty name removes the name.

        The `Recorder` of a run that is not over writes its `run.json`, so it must rename such a run.

        Args:
            run_id: the run.
            name: the new name; control characters are dropped, and it is cut at `NAME_LENGTH`.

        Returns:
            The renamed run.

        Raises:
            RunNotFound: there is no such run.
            RunBroken: its `run.json` cannot be read.
            RunError: it is not over, or it cannot be written.
        """
        info = self.info(run_id)
        if not info.status.is_over:
            raise RunError("This run is trained by another program.", "Name it when it is over.")
        return self.write_name(info, name)

    def write_name(self, info: RunInfo, name: str) -> RunInfo:
        """Write `info` with another name; for `rename` and `Recorder.rename`.

        Raises:
            RunError: it cannot be written.
        """
        named = info.replace(name=clean_name(name))
        try:
            self.write_info(named)
        except OSError as error:
            raise RunError(
                f"The name could not be kept ({error.strerror or error}).", "Make room on the disk, then try again."
            ) from error
        return named

    def delete(self, run_id: str) -> None:
        """Delete a run and all that belongs to it.

        Raises:
            RunNotFound: there is no such run.
            RunError: a file of it cannot be deleted.
        """
        folder = self._folder(run_id)
        self._parsed.pop(run_id, None)
        try:
            shutil.rmtree(folder)
        except OSError as error:
            raise RunError(
                f"The run {run_id} could not be deleted ({error.strerror or error}).", f"Delete the folder {folder}."
            ) from error

    def _folder(self, run_id: str) -> Path:
        folder = self.folder / run_id
        inside = folder.parent == self.folder and folder.name == run_id and not run_id.startswith(".")
        try:
            there = inside and folder.is_dir()
        except OSError:  # a name that is too long for any file
            there = False
        if not there:
            raise RunNotFound(f"There is no run {run_id!r}.", "Choose another run, or train one.")
        return folder

    def _entries(self) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(self.folder) as entries:
                return list(entries)
        except (FileNotFoundError, NotADirectoryError):  # no run was kept yet
            return []

    def _info_or_broken(self, run_id: str) -> RunInfo | BrokenRun:
        try:
            return self.info(run_id)
        except Mnist37Error as error:
            return BrokenRun(run_id, str(error))


def _stamp(path: Path | str) -> tuple[tuple[int, ...], bool]:
    """Return a stamp that changes when a file is written again, and whether it is old enough to be reliable.

    So is one that seems to be of the future, as the clock was set back since.
    """
    try:
        found = os.stat(path)  # noqa: PTH116 - of a text, as pages list hundreds of runs
    except OSError:
        return (), False
    return (found.st_ino, found.st_size, found.st_mtime_ns), abs(time.time() - found.st_mtime) > SETTLED_SECONDS


def _write_history(folder: Path, history: History) -> None:
    write_arrays(folder / "snapshots.safetensors", history.snapshots_to_arrays())
    write_arrays(folder / "history.safetensors", history.to_arrays())


def _write_all(folder: Path, history: History, weights: Weights | None) -> None:
    _write_history(folder, history)
    if weights is not None:
        write_whole(folder / "weights.safetensors", weights_to_bytes(weights))


def weights_to_bytes(weights: Weights) -> bytes:
    """Return named tensors as safetensors bytes."""
    return safetensors.torch.save(dict(weights))
