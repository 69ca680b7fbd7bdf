"""A run as one .zip, to hand on; and what somebody hands us, read so that a hostile file can do nothing.

This module knows zip and its tricks; what the members must hold is `unpacked`. Nothing is ever extracted to disk.
"""

import io
import json
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable

from mnist37.data.harmless import harmless
from mnist37.data.zip_directory import zip_directory
from mnist37.errors import BadBundle, RunError
from mnist37.runs import RunInfo, RunStore, arrays_to_bytes, weights_to_bytes
from mnist37.runs.record import Owner
from mnist37.takeaway.kept_run import KeptRun
from mnist37.takeaway.unpacked import HISTORY, INFO, MEMBERS, REMEDY, SNAPSHOTS, WEIGHTS, read_run

LARGEST_FILE = 256 * 2**20
"""No packed file may be larger. 1,000 hidden units leave 73 snapshots of 3 MB behind in 100,000 steps: 218 MB."""

LARGEST_TOTAL = 384 * 2**20
"""Nor may all of them unpack to more."""

_MANY = 64 * 2**10  # bytes; the directory of our four files takes 300
_DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, RuntimeError, OSError)


def to_bundle(run: KeptRun) -> bytes:
    """Return a run as a .zip with its run.json, history, snapshots and weights.

    Whose run and machine it was is left out of it; the path of the digits is kept, since a notebook needs it.

    Raises:
        RunError: it is larger than what `read_bundle` takes.
    """
    info = run.info.replace(owner=Owner("", 0, 0.0), visitor="")
    files = {
        INFO: json.dumps(info.to_json(), indent=1).encode(),
        HISTORY: arrays_to_bytes(run.history.to_arrays()),
        SNAPSHOTS: arrays_to_bytes(run.history.snapshots_to_arrays()),
    }
    if run.weights is not None:
        files[WEIGHTS] = weights_to_bytes(run.weights)
    sizes = [len(data) for data in files.values()]
    if max(sizes) > LARGEST_FILE or sum(sizes) > LARGEST_TOTAL:
        raise RunError(
            f"The whole run takes {sum(sizes) >> 20} MB, which is too much for one file.",
            "Take its weights, its curves and its notebook one by one.",
        )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)  # the same run, the same bytes
    return packed.getvalue()


def import_bundle(
    store: RunStore, data: bytes, visitor: str = "", make_room: Callable[[], object] = lambda: None
) -> RunInfo:
    """Keep a packed run under a new id: all of it, or nothing.

    Args:
        store: where to.
        data: a file of `to_bundle`, or whatever else somebody hands us.
        visitor: whose it is from now on, whoever trained it; see `RunInfo`.
        make_room: called when the file is known to hold a run, and before it is kept; what it raises is raised here.

    Returns:
        The run as it is kept.

    Raises:
        BadBundle: it is no such file, or what it holds does not fit together.
        RunError: it cannot be kept.
    """
    run = read_bundle(data)
    make_room()
    return store.put(run.info.replace(visitor=visitor), run.history, run.weights)


def read_bundle(data: bytes) -> KeptRun:
    """Return the run that is packed in a file from anybody; a run that was still learning counts as stopped.

    Raises:
        BadBundle: see `import_bundle`.
    """
    return read_run(_members(data))


def _members(data: bytes) -> dict[str, bytes]:
    """Return the files in a .zip by name: at most our four, each once, each within its size."""
    _refuse_a_large_directory(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            _check(members)
            return {member.filename: archive.read(member) for member in members}
    except _DAMAGE as error:
        raise BadBundle(f"The file is damaged ({harmless(str(error))}).", REMEDY) from error


def _refuse_a_large_directory(data: bytes) -> None:
    """`zipfile` reads the whole list of members before one can ask how long it is."""
    try:
        directory = zip_directory(data)
    except ValueError:
        raise BadBundle("The file holds other things than a run.", REMEDY) from None
    if len(data) > LARGEST_TOTAL or directory is None:
        raise BadBundle("The file is no run that was exported here.", REMEDY)
    count, size = directory
    if count > len(MEMBERS) or size > _MANY:
        raise BadBundle("The file holds other things than a run.", REMEDY)


def _check(members: list[zipfile.ZipInfo]) -> None:
    names = [member.filename for member in members]
    if len(set(names)) < len(names) or not set(names) <= set(MEMBERS):
        raise BadBundle("The file holds other things than a run.", REMEDY)
    sizes = [member.file_size for member in members]
    if max(sizes, default=0) > LARGEST_FILE or sum(sizes) > LARGEST_TOTAL:
        raise BadBundle(f"The file unpacks to more than {LARGEST_FILE >> 20} MB.", REMEDY)
    for member in members:
        mode = stat.S_IFMT(member.external_attr >> 16)
        packing = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        if mode not in {0, stat.S_IFREG} or member.flag_bits & 1 or member.compress_type not in packing:
            raise BadBundle(f"{member.filename} is a link, or encrypted, or packed in a rare way.", REMEDY)
