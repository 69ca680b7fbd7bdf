"""Digits from a .tgz, .tar.gz or .zip in the layout of fastai's MNIST_SAMPLE.

An archive may come from anywhere, so nothing is ever extracted to disk: members are read into memory, within limits,
and any path that climbs out, link, device or failed checksum refuses the whole archive.
"""

import gzip
import io
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import IO

from mnist37.data.digits import Digits
from mnist37.data.layout import PLACES, Place, ReadFile, is_junk, read_layout
from mnist37.data.origin import Origin, Progress
from mnist37.errors import BadArchive

LARGEST_MEMBER = 4 * 2**20
LARGEST_TOTAL = 256 * 2**20
MOST_MEMBERS = 200_000
REMEDY = "Download or pack it again, with the digits in train/3, train/7, valid/3 and valid/7."

Members = Iterator[tuple[str, bytes]]  # the name of a folder ends in a slash

DAMAGE = (
    tarfile.TarError, zipfile.BadZipFile, zlib.error, gzip.BadGzipFile, EOFError, ValueError, NotImplementedError
)  # fmt: skip
"""What reading a damaged archive raises."""


def archive_origin(path: Path) -> Origin | None:
    """Describe an archive without opening it.

    Args:
        path: an existing file.

    Returns:
        Its origin, or None where the name does not end as an archive's does.
    """
    name = path.name.casefold()
    if not name.endswith((".tgz", ".tar.gz", ".zip")):
        return None
    found = path.stat()
    members = zip_members if name.endswith(".zip") else _tar_members
    return Origin(f"archive {path}", f"{found.st_size} {found.st_mtime_ns}", partial(_read_archive, path, members))


def _read_archive(path: Path, members: Callable[[Path], Members], progress: Progress) -> Digits:
    progress("Opening the archive", 0.0)
    files: dict[str, dict[Place, dict[str, ReadFile]]] = {}
    try:
        for name, data in members(path):
            parts = safe_parts(path, name)
            if not name.endswith("/") and _is_digit(parts):
                *outer, split, digit, file = parts
                files.setdefault("/".join(outer), {}).setdefault((split, digit), {})[file] = partial(bytes, data)
    except DAMAGE as error:
        raise BadArchive(f"{path} is damaged ({error}).", REMEDY) from error
    if len(files) > 1:
        raise BadArchive(f"{path} holds more than one set of digits: {', '.join(sorted(files))}.", REMEDY)
    return read_layout(next(iter(files.values()), {}), str(path), progress)


def safe_parts(archive: Path | str, name: str) -> list[str]:
    """The folders and the file in a member's path; raises BadArchive where it climbs out of the archive."""
    slashed = name.replace("\\", "/")
    parts = [part for part in slashed.split("/") if part not in {"", "."}]
    if slashed.startswith("/") or ".." in parts or slashed[1:2] == ":":
        raise BadArchive(f"{archive} holds a path that climbs out of it: {name!r}.", REMEDY)
    return parts


def _is_digit(parts: list[str]) -> bool:
    """Whether it is train/3/1.png, alone or within one enclosing folder."""
    return len(parts) in {3, 4} and tuple(parts[-3:-1]) in PLACES and not is_junk(parts[0]) and not is_junk(parts[-1])


def _check_sizes(path: Path | str, count: int, name: str, size: int) -> None:
    if count > MOST_MEMBERS:
        raise BadArchive(f"{path} holds more than {MOST_MEMBERS} files.", REMEDY)
    if size > LARGEST_MEMBER:
        raise BadArchive(f"{path} holds a file that is far too large for a digit: {name!r}.", REMEDY)


def _unpacks_to_too_much(path: Path | str) -> BadArchive:
    return BadArchive(f"{path} unpacks to more than {LARGEST_TOTAL >> 20} MiB.", REMEDY)


def _tar_members(path: Path) -> Members:
    # Unzipped whole, within the limit and up to gzip's checksum, since tarfile itself trusts what headers say; a member
    # is a slice of it, which takes 0.6 of the time of a stream.
    with gzip.open(path) as unzipped:
        content = unzipped.read(LARGEST_TOTAL + 1)
    if len(content) > LARGEST_TOTAL:
        raise _unpacks_to_too_much(path)
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as archive:
        for count, member in enumerate(archive, start=1):
            _check_sizes(path, count, member.name, member.size)
            if member.isdir():
                yield f"{member.name}/", b""
            elif member.isreg() and not member.issparse():
                yield member.name, content[member.offset_data : member.offset_data + member.size]
            else:
                raise BadArchive(f"{path} holds a link, a device or a sparse file: {member.name!r}.", REMEDY)


def zip_members(path: Path | str, file: IO[bytes] | None = None) -> Members:
    """The members of a .zip, each once its size is known to be within the limits.

    Args:
        path: where it lies, or what an error shall call it.
        file: it itself, where it does not lie there.

    Raises:
        BadArchive: it is too large, or holds what is no plain file.
        DAMAGE: it cannot be read.
    """
    left = LARGEST_TOTAL
    with zipfile.ZipFile(file or path) as archive:
        for count, info in enumerate(archive.infolist(), start=1):
            left -= info.file_size
            _check_sizes(path, count, info.filename, info.file_size)
            if left < 0:
                raise _unpacks_to_too_much(path)
            mode = info.external_attr >> 16
            if stat.S_IFMT(mode) not in {0, stat.S_IFREG, stat.S_IFDIR}:
                raise BadArchive(f"{path} holds a link or a device: {info.filename!r}.", REMEDY)
            if info.flag_bits & 1 or info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
                raise BadArchive(f"{path} is encrypted or packed in a rare way: {info.filename!r}.", REMEDY)
            yield info.filename, archive.read(info)
