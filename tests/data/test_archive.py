import random
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from mnist37.data import archive, load_digits
from mnist37.errors import BadArchive, DataError, DataNotFound

from .samples import layout_files, write_folder, write_tar, write_zip

Write = Callable[[Path, dict[str, bytes]], Path]
FILES = layout_files()
EVIL = ["../x.png", "train/3/../../../x.png", "/etc/passwd", "C:\\x.png", "..\\x.png", "\\x.png"]
JUNK = {
    "labels.csv": b"a,b", "train/3/.DS_Store": b"?", "__MACOSX/train/3/1.png": b"?", "valid/7/._9.png": b"?",
    "train/7/Thumbs.db": b"?", "README": b"?", "train/8/1.png": b"?",
}  # fmt: skip

both = pytest.mark.parametrize(("write", "ending"), [(write_tar, "tgz"), (write_tar, "tar.gz"), (write_zip, "zip")])


@both
@pytest.mark.parametrize("prefix", ["", "./", "mnist_sample/", "./mnist_sample/"])
def test_every_form_gives_the_same_digits(write: Write, ending: str, prefix: str, tmp_path: Path) -> None:
    expected = load_digits(str(write_folder(tmp_path / "folder", FILES)))
    path = write(tmp_path / f"a.{ending}", {f"{prefix}{name}": data for name, data in {**FILES, **JUNK}.items()})
    digits = load_digits(str(path))
    assert digits.fingerprint == expected.fingerprint
    assert digits.source == str(path)


@both
def test_the_order_of_the_members_does_not_matter(write: Write, ending: str, tmp_path: Path) -> None:
    forwards = write(tmp_path / f"a.{ending}", FILES)
    backwards = write(tmp_path / f"b.{ending}", dict(reversed(FILES.items())))
    assert load_digits(str(forwards)).fingerprint == load_digits(str(backwards)).fingerprint


@both
@pytest.mark.parametrize("name", EVIL)
def test_a_path_that_climbs_out_is_refused(write: Write, ending: str, name: str, tmp_path: Path) -> None:
    path = write(tmp_path / f"a.{ending}", {**FILES, name: b"x"})
    with pytest.raises(BadArchive, match="climbs out"):
        load_digits(str(path))
    assert not list(tmp_path.rglob("x.png"))


NO_FILES = (
    tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, tarfile.GNUTYPE_SPARSE
)  # fmt: skip


@pytest.mark.parametrize("kind", NO_FILES)
def test_what_is_no_plain_file_in_a_tar_is_refused(kind: bytes, tmp_path: Path) -> None:
    member = tarfile.TarInfo("train/3/1.png")
    member.type, member.linkname = kind, "/etc/passwd"
    with pytest.raises(BadArchive, match="link, a device or a sparse file"):
        load_digits(str(write_tar(tmp_path / "a.tgz", FILES, member)))


def test_a_link_in_a_zip_is_refused(tmp_path: Path) -> None:
    member = zipfile.ZipInfo("train/3/1.png")
    member.external_attr = 0o120777 << 16
    with pytest.raises(BadArchive, match="link or a device"):
        load_digits(str(write_zip(tmp_path / "a.zip", FILES, member)))


@both
def test_a_huge_member_is_refused(write: Write, ending: str, tmp_path: Path) -> None:
    path = write(tmp_path / f"a.{ending}", {**FILES, "train/3/1.png": bytes(archive.LARGEST_MEMBER + 1)})
    assert path.stat().st_size < 100_000  # that is what makes it a bomb
    with pytest.raises(BadArchive, match="far too large"):
        load_digits(str(path))


@both
def test_many_large_members_are_refused(
    write: Write, ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "LARGEST_TOTAL", 1_000_000)
    path = write(tmp_path / f"a.{ending}", {**FILES, **{f"train/3/x{n}.png": bytes(300_000) for n in range(4)}})
    with pytest.raises(BadArchive, match="unpacks to more"):
        load_digits(str(path))


@both
def test_too_many_members_are_refused(
    write: Write, ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MOST_MEMBERS", 5)
    with pytest.raises(BadArchive, match="more than 5 files"):
        load_digits(str(write(tmp_path / f"a.{ending}", FILES)))


def test_a_huge_tar_header_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "LARGEST_TOTAL", 1_000_000)
    member = tarfile.TarInfo("x")
    member.pax_headers = {"comment": "x" * 3_000_000}  # tarfile would read it whole, whatever its size
    with pytest.raises(BadArchive, match="unpacks to more"):
        load_digits(str(write_tar(tmp_path / "a.tgz", FILES, member)))


@both
def test_two_sets_in_one_archive_are_refused(write: Write, ending: str, tmp_path: Path) -> None:
    files = {f"{outer}/{name}": data for outer in "ab" for name, data in FILES.items()}
    with pytest.raises(BadArchive, match="more than one set"):
        load_digits(str(write(tmp_path / f"a.{ending}", files)))


@both
@pytest.mark.parametrize("left", [0, 0.3, 0.9, 0.999])
def test_a_truncated_archive_is_refused(write: Write, ending: str, left: float, tmp_path: Path) -> None:
    path = write(tmp_path / f"a.{ending}", FILES)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * left)])
    with pytest.raises(BadArchive, match="damaged"):
        load_digits(str(path))


@both
def test_a_tampered_archive_never_gives_other_digits(write: Write, ending: str, tmp_path: Path) -> None:
    path = write(tmp_path / f"a.{ending}", layout_files(each=1))
    good, fingerprint = path.read_bytes(), load_digits(str(path)).fingerprint
    rng, refused = random.Random(0), 0
    for _ in range(300):
        damaged = bytearray(good)
        damaged[rng.randrange(len(good))] ^= 1 << rng.randrange(8)
        path.write_bytes(damaged)
        try:
            assert load_digits(str(path)).fingerprint == fingerprint  # a bit that means nothing, as of a date
        except DataError:
            refused += 1
    assert refused > 200


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", FILES)
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    with pytest.raises(BadArchive, match="encrypted"):
        load_digits(str(path))


@both
def test_an_archive_without_a_class_is_named(write: Write, ending: str, tmp_path: Path) -> None:
    path = write(tmp_path / f"a.{ending}", {name: data for name, data in FILES.items() if "valid/7" not in name})
    with pytest.raises(DataNotFound, match=r"a\..* has no digits in valid/7"):
        load_digits(str(path))


def test_nothing_at_all_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataNotFound, match="train/3"):
        load_digits(str(write_zip(tmp_path / "a.zip", {})))
