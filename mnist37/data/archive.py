"""Read the files of an archive (.zip, or .tar with any compression) by path, safely even if it is malicious.

An archive may come from anywhere. So nothing is extracted to disk: members are read into memory, within limits. A path
that climbs out of the archive, a link, a device or a failed checksum refuses the whole archive.
"""

import bz2
import gzip
import io
import lzma
import re
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from mnist37.data.files import LARGEST_PICTURE, Files, is_junk
from mnist37.errors import BadArchive, DataError

LARGEST_MEMBER = LARGEST_PICTURE
LARGEST_TOTAL = 256 * 2**20
MOST_MEMBERS = 200_000
MOST_XZ_MEMORY = 256 * 2**20  # bytes; "xz -9" needs 65 MiB
TAR_ENDINGS = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tbz", ".tar.xz", ".txz")
ENDINGS = (".zip", *TAR_ENDINGS)
REMEDY = "Download or pack it again, with the digits in train/3, train/7, valid/3 and valid/7."

Members = Iterator[tuple[str, bytes]]  # the name of a folder ends in a slash

DAMAGE = (
    tarfile.TarError, zipfile.BadZipFile, zlib.error, gzip.BadGzipFile, lzma.LZMAError, EOFError, ValueError,
    NotImplementedError,
)  # fmt: skip
"""The exceptions that reading a damaged archive raises."""


def is_archive(name: str) -> bool:
    """Return whether a file's name has the ending of an archive."""
    return name.casefold().endswith(ENDINGS)


@contextmanager
def archive_files(path: Path) -> Iterator[Files]:
    """Open an archive.

    Args:
        path: a file for whose name `is_archive` is true.

    Yields:
        Its files, as long as the context lasts.

    Raises:
        BadArchive: it is damaged, unsafe or far too large; raised within the context too.
    """
    try:
        if path.name.casefold().endswith(".zip"):
            with zipfile.ZipFile(path) as archive:
                yield _ZipFiles(path, archive)
        else:
            yield _TarFiles(path)
    except DAMAGE as error:
        raise BadArchive(f"{path} is damaged ({error}).", REMEDY) from error


class _ArchiveFiles(Files):
    """The files of an archive whose unpacked size is within the limit."""

    def __init__(self, path: Path, names: Iterable[str]) -> None:
        self._path = path
        self._names: dict[str, str] = {}
        empty = []
        for name in names:
            parts = safe_parts(path, name)
            if not parts or any(map(is_junk, parts)):
                continue
            if name.endswith("/"):
                empty.append("/".join(parts))
            else:
                self._names["/".join(parts)] = name
        full = {path[: at.start()] for path in self._names for at in re.finditer("/", path)}
        super().__init__(str(path), self._names, (folder for folder in empty if folder not in full))

    def _check(self, path: str, size: int, limit: int) -> None:
        _check_size(self._path, self._names[path], size, limit)

    def name(self, path: str) -> str:
        return f"{self.source}: {path}"

    def more_than_one(self, sets: Iterable[str]) -> DataError:
        return BadArchive(f"{self.source} holds more than one set of digits: {', '.join(sets)}.", REMEDY)


class _ZipFiles(_ArchiveFiles):
    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        members = archive.infolist()
        if len(members) > MOST_MEMBERS:
            raise _holds_too_many(path)
        for info in members:
            _check_member(path, info)
        if sum(info.file_size for info in members) > LARGEST_TOTAL:
            raise _unpacks_to_too_much(path)
        super().__init__(path, (info.filename for info in members))

    def read(self, path: str, limit: int) -> bytes:
        info = self._archive.getinfo(self._names[path])
        self._check(path, info.file_size, limit)
        return self._archive.read(info)

    def head(self, path: str, size: int) -> bytes:
        with self._archive.open(self._names[path]) as file:
            return file.read(size)


class _TarFiles(_ArchiveFiles):
    def __init__(self, path: Path) -> None:
        self._content = _unpacked_tar(path)
        self._members = dict(_list_tar(path, self._content))
        super().__init__(path, self._members)

    def read(self, path: str, limit: int) -> bytes:
        start, size = self._members[self._names[path]]
        self._check(path, size, limit)
        return self._slice(start, size)

    def head(self, path: str, size: int) -> bytes:
        start, whole = self._members[self._names[path]]
        return self._slice(start, min(size, whole))

    def _slice(self, start: int, size: int) -> bytes:
        if start + size > len(self._content):
            raise EOFError("a file ends early")
        return self._content[start : start + size]


def safe_parts(archive: Path | str, name: str) -> list[str]:
    """Split a member's path into its folders and its file; raise BadArchive if it climbs out of the archive."""
    slashed = name.replace("\\", "/")
    parts = [part for part in slashed.split("/") if part not in {"", "."}]
    if slashed.startswith("/") or ".." in parts or slashed[1:2] == ":":
        raise BadArchive(f"{archive} holds a path that climbs out of it: {name!r}.", REMEDY)
    return parts


def _check_size(path: Path | str, name: str, size: int, limit: int) -> None:
    if size > limit:
        raise BadArchive(f"{path} holds a file that is far too large for a digit: {name!r}.", REMEDY)


def _holds_too_many(path: Path | str) -> BadArchive:
    return BadArchive(f"{path} holds more than {MOST_MEMBERS} files.", REMEDY)


def _unpacks_to_too_much(path: Path | str) -> BadArchive:
    return BadArchive(f"{path} unpacks to more than {LARGEST_TOTAL >> 20} MiB.", REMEDY)


def _unpacked_tar(path: Path) -> bytes:
    """Return the whole unpacked tar, within the size limit, because tarfile itself trusts the sizes in the headers.

    A member is then a slice of it, which takes 0.6 of the time of a stream. The first bytes show the compression, not
    the name: browsers unpack what they download and keep the name.
    """
    with path.open("rb") as file:
        start = file.peek(6)[:6]
        try:
            content = _unpack(file, start)
        except OSError as error:
            if error.errno is not None:
                raise
            raise EOFError(error) from error  # bz2 raises this for damaged data
    if len(content) > LARGEST_TOTAL:
        raise _unpacks_to_too_much(path)
    return content


def _unpack(file: IO[bytes], start: bytes) -> bytes:
    if start.startswith(b"\x1f\x8b"):
        return gzip.GzipFile(fileobj=file).read(LARGEST_TOTAL + 1)
    if start.startswith(b"BZh"):
        return bz2.BZ2File(file).read(LARGEST_TOTAL + 1)
    if start == b"\xfd7zXZ\0":
        return _unpack_xz(file)
    return file.read(LARGEST_TOTAL + 1)


def _unpack_xz(file: IO[bytes]) -> bytes:
    """Unpack as `lzma.open` does, but with a limit on the memory that a header may ask for."""
    content, packed = bytearray(), file.read(LARGEST_TOTAL + 1)
    while packed and len(content) <= LARGEST_TOTAL:
        unpacker = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MOST_XZ_MEMORY)
        content += unpacker.decompress(packed, LARGEST_TOTAL + 1 - len(content))
        if not unpacker.eof and len(content) <= LARGEST_TOTAL:
            raise EOFError("it ends early")
        packed = unpacker.unused_data.lstrip(b"\0")  # padding between streams
    return bytes(content)


def _list_tar(path: Path, content: bytes) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield each member's name, and its start and length in bytes; the name of a folder ends in a slash."""
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as archive:
        for count, member in enumerate(archive, start=1):
            if count > MOST_MEMBERS:
                raise _holds_too_many(path)
            if member.isdir():
                yield f"{member.name}/", (0, 0)
            elif member.isreg() and not member.issparse():
                yield member.name, (member.offset_data, member.size)
            else:
                raise BadArchive(f"{path} holds a link, a device or a sparse file: {member.name!r}.", REMEDY)
        # tarfile treats an unreadable header as the end of the archive. The real end is a block of zeros.
        if content[archive.offset : archive.offset + tarfile.BLOCKSIZE] != bytes(tarfile.BLOCKSIZE):
            raise EOFError("it ends early, or a header is damaged")


def zip_members(path: Path | str, file: IO[bytes] | None = None) -> Members:
    """Yield the members of a .zip, each after its size was checked against the limits.

    Args:
        path: the file, or its name in errors.
        file: the content, where there is no file at `path`.

    Raises:
        BadArchive: it is too large, or holds something other than plain files and folders.
        DAMAGE: it cannot be read.
    """
    left = LARGEST_TOTAL
    with zipfile.ZipFile(file or path) as archive:
        for count, info in enumerate(archive.infolist(), start=1):
            left -= info.file_size
            if count > MOST_MEMBERS:
                raise _holds_too_many(path)
            _check_size(path, info.filename, info.file_size, LARGEST_MEMBER)
            if left < 0:
                raise _unpacks_to_too_much(path)
            _check_member(path, info)
            yield info.filename, archive.read(info)


def _check_member(path: Path | str, info: zipfile.ZipInfo) -> None:
    mode = info.external_attr >> 16
    if stat.S_IFMT(mode) not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise BadArchive(f"{path} holds a link or a device: {info.filename!r}.", REMEDY)
    if info.flag_bits & 1 or info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise BadArchive(f"{path} is encrypted or packed in a rare way: {info.filename!r}.", REMEDY)
