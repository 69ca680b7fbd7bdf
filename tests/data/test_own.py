"""A set of own digits: kept, removed, handed on; and nothing that a stranger names or packs does any harm."""

import io
import os
import stat
import threading
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from mnist37.classes import Classes
from mnist37.data import Digits, Imported, OwnSet, archive, load_digits, own, own_files
from mnist37.errors import BadArchive, BadImage, OwnSetError

from .samples import png_bytes, png_with_header, write_folder, write_zip

BAD_IDS = ["", ".", "..", "../x", "a" * 31, "A" * 32, "a" * 32 + "\n", "a" * 33, "/" + "a" * 31, "g" * 32, "٣" * 32]
BAD_NAMES = [
    "", "3", "3/", "../3/0001-00000000.png", "3/../7/0001-00000000.png", "/3/0001-00000000.png", "3/0001.png",
    "3/0001-00000000.png\n", "3\\0001-00000000.png", "10/0001-00000000.png", "٣/0001-00000000.png",
    "3/0001-00000000.PNG",
]  # fmt: skip


@pytest.fixture
def mine() -> OwnSet:
    return OwnSet.new()


def drawing(seed: int = 0) -> NDArray[np.uint8]:
    image = np.zeros((28, 28), np.uint8)
    image[4:24, 4:24] = np.random.default_rng(seed).integers(0, 256, (20, 20), np.uint8)
    return image


def zipped(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, data in files.items():
            pack.writestr(name, data)
    return packed.getvalue()


def whys(imported: Imported) -> dict[str, str]:
    return {refused.name: refused.why for refused in imported.refused}


def test_what_is_added_is_there(mine: OwnSet, home: Path) -> None:
    assert mine.names() == []
    assert mine.read().images.shape == (0, 28, 28)
    assert not home.exists()  # a visitor who never draws leaves nothing behind
    added = [(mine.add(drawing(seed), digit), seed, digit) for seed, digit in enumerate([7, 3, 9, 7, 0, 3])]
    digits = OwnSet(mine.id).read()
    by_digit = sorted(added, key=lambda one: one[2])
    assert digits.names == tuple(name for name, _, _ in by_digit) == tuple(mine.names())
    np.testing.assert_array_equal(digits.images, [drawing(seed) for _, seed, _ in by_digit])
    assert (digits.digits.tolist(), digits.digits.dtype, digits.notices) == ([0, 3, 3, 7, 7, 9], np.uint8, ())
    assert sorted(os.listdir(home / "own")) == [mine.id]  # noqa: PTH208
    assert OwnSet.new().id != mine.id


@pytest.mark.parametrize(
    ("pair", "seeds", "labels"),
    [((3, 7), [1, 5, 0, 3], [1, 1, 0, 0]), ((7, 3), [0, 3, 1, 5], [1, 1, 0, 0]), ((4, 9), [2], [0]), ((1, 2), [], [])],
)
def test_a_model_of_two_digits_gets_those_the_first_one_s_first(
    mine: OwnSet, pair: tuple[int, int], seeds: list[int], labels: list[int]
) -> None:
    for seed, digit in enumerate([7, 3, 9, 7, 0, 3]):
        mine.add(drawing(seed), digit)
    images, found = mine.read().of(Classes(pair))
    assert images.shape == (len(seeds), 28, 28)
    np.testing.assert_array_equal(images, np.array([drawing(seed) for seed in seeds]).reshape(-1, 28, 28))
    assert (images.dtype, found.dtype, found.tolist()) == (np.uint8, np.uint8, labels)


def test_a_set_from_before_there_were_other_digits_is_read_as_it_was(mine: OwnSet, embedded: Digits) -> None:
    for seed, name in enumerate(["7/0001-9f86d081.png", "3/0002-0a1b2c3d.png", "7/0003-00000000.png"]):
        (mine.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (mine.folder / name).write_bytes(png_bytes(drawing(seed)))
    as_before = np.stack([drawing(1), drawing(0), drawing(2)]), np.uint8([1, 0, 0])
    kept = mine.read()
    assert embedded.with_own(*kept.of(embedded.classes)).fingerprint == embedded.with_own(*as_before).fingerprint
    assert mine.add(drawing(3), 4).startswith("4/0004-")
    assert mine.read().names == (*kept.names[:1], *mine.names()[1:2], *kept.names[1:])
    assert embedded.with_own(*mine.read().of(embedded.classes)).fingerprint == embedded.with_own(*as_before).fingerprint


def test_what_is_removed_is_gone_and_its_name_never_comes_again(mine: OwnSet) -> None:
    kept, removed = mine.add(drawing(1), 3), mine.add(drawing(2), 3)
    mine.remove(removed)
    mine.remove(removed)
    assert mine.names() == [kept]
    assert mine.add(drawing(2), 3) != removed


@pytest.mark.parametrize("name", BAD_IDS)
def test_no_other_folder_can_be_named(name: str) -> None:
    with pytest.raises(OwnSetError, match="Begin a new one"):
        OwnSet(name)


@pytest.mark.parametrize("name", BAD_NAMES)
def test_no_other_file_can_be_named(name: str, mine: OwnSet) -> None:
    mine.add(drawing(), 3)
    before = mine.names()
    with pytest.raises(OwnSetError, match="no such digit"):
        mine.remove(name)
    assert mine.names() == before


@pytest.mark.parametrize("image", [np.zeros((28, 28), np.uint8), np.ones((28, 28)), np.ones((27, 28), np.uint8)])
def test_what_is_no_drawing_is_refused(image: np.ndarray, mine: OwnSet) -> None:
    with pytest.raises(BadImage):
        mine.add(image, 3)


@pytest.mark.parametrize("digit", [-1, 10, 37])
def test_what_is_no_digit_is_refused(digit: int, mine: OwnSet) -> None:
    with pytest.raises(OwnSetError, match=f"kept as {digit}. Give a digit from 0 to 9"):
        mine.add(drawing(), digit)


def test_a_full_set_says_so(mine: OwnSet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own, "MOST_OWN", 2)
    first = mine.add(drawing(), 3)
    imported = mine.import_zip(zipped({f"7/{n}.png": png_bytes(drawing(n)) for n in range(3)}))
    assert (len(imported.taken), whys(imported)) == (1, {"7/1.png": own_files.NO_ROOM, "7/2.png": own_files.NO_ROOM})
    with pytest.raises(OwnSetError, match="full"):
        mine.add(drawing(), 7)
    mine.remove(first)
    mine.add(drawing(), 7)


@pytest.mark.parametrize("damage", [b"", b"junk", png_bytes(drawing())[:-20], png_with_header(60_000, 60_000)])
def test_a_damaged_file_is_told_and_left(damage: bytes, mine: OwnSet) -> None:
    good, bad = mine.add(drawing(1), 3), mine.add(drawing(2), 7)
    (mine.folder / bad).write_bytes(damage)
    digits = mine.read()
    assert digits.names == (good,)
    assert digits.notices == (f"Your digit {bad} is damaged and was left out.",)
    assert (mine.folder / bad).read_bytes() == damage
    assert mine.import_zip(mine.to_zip()).refused == ()


def test_other_files_in_the_folder_are_none_of_ours(mine: OwnSet) -> None:
    mine.add(drawing(), 3)
    (mine.folder / "3" / ".DS_Store").write_bytes(b"x")
    (mine.folder / "3" / "notes.txt").write_bytes(b"x")
    assert len(mine.read().names) == len(mine.names()) == 1


def test_many_may_add_at_the_same_time(mine: OwnSet) -> None:
    def add_some(seed: int) -> None:
        for digit in (0, 3, 3):
            OwnSet(mine.id).add(drawing(seed), digit)

    threads = [threading.Thread(target=add_some, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(mine.read().names) == 12
    assert len({name.split("/")[1][:4] for name in mine.names()}) == 12


def test_a_home_that_is_no_folder_is_said(home: Path, mine: OwnSet) -> None:
    home.write_text("a file where a folder should be")
    with pytest.raises(OwnSetError, match="MNIST37_HOME"):
        mine.add(drawing(), 3)


def test_a_set_that_is_handed_on_is_the_same(mine: OwnSet) -> None:
    for seed in range(6):
        mine.add(drawing(seed), 9 - seed % 3)
    packed, other = mine.to_zip(), OwnSet.new()
    assert mine.to_zip() == packed
    imported = other.import_zip(packed)
    assert (len(imported.taken), imported.refused) == (6, ())
    np.testing.assert_array_equal(other.read().images, mine.read().images)
    np.testing.assert_array_equal(other.read().digits, mine.read().digits)
    assert set(imported.taken) == set(other.names())


def test_it_can_be_learned_from_as_a_folder_of_digits_too(mine: OwnSet, tmp_path: Path) -> None:
    for seed in range(6):
        mine.add(drawing(seed), (3, 7, 4)[seed % 3])
    with zipfile.ZipFile(io.BytesIO(mine.to_zip())) as pack:
        files = {f"{split}/{name}": pack.read(name) for name in pack.namelist() for split in ("train", "valid")}
    assert load_digits(str(write_folder(tmp_path / "mine", files))).n_train == 4


def photo_of_a_seven() -> bytes:
    image = Image.new("RGB", (300, 200), (240, 230, 180))
    ImageDraw.Draw(image).line([(100, 40), (180, 40), (130, 170)], fill=(20, 30, 90), width=16)
    file = io.BytesIO()
    image.save(file, "JPEG")
    return file.getvalue()


def test_any_picture_in_a_folder_named_0_to_9_is_taken(mine: OwnSet) -> None:
    files = {
        "3/a.png": png_bytes(drawing(1)),
        "mnist_sample/train/3/b.png": png_bytes(drawing(2)),
        "deep/er/7/photo.jpg": photo_of_a_seven(),
        "7/inverted.png": png_bytes(255 - drawing(3)),
        "Fours/d.png": png_bytes(drawing(4)),
        "0/e.png": png_bytes(drawing(5)),
        "__MACOSX/7/._photo.jpg": b"junk",
        "7/.DS_Store": b"junk",
        "labels.csv": b"name,label",
        "10/c.png": png_bytes(drawing(4)),
        "3/blank.png": png_bytes(np.zeros((28, 28), np.uint8)),
        "3/notes.txt": b"not a picture",
        "3/huge.png": png_with_header(60_000, 60_000),
    }
    for bring_in in (lambda one: one.import_zip(zipped(files)), lambda one: one.import_files(files.items())):
        mine = OwnSet.new()
        imported = bring_in(mine)
        digits = mine.read()
        assert len(imported.taken) == len(digits.names) == 6
        assert digits.digits.tolist() == [0, 3, 3, 4, 7, 7]
        np.testing.assert_array_equal(digits.images[:4], [drawing(5), drawing(1), drawing(2), drawing(4)])
        assert digits.images[:, 0].max() == 0  # a frame of paper around each, the inverted one too
        assert whys(imported) == {
            "labels.csv": own_files.NO_DIGIT,
            "10/c.png": own_files.NO_DIGIT,
            "3/blank.png": own_files.NO_INK,
            "3/notes.txt": own_files.NO_PICTURE,
            "3/huge.png": own_files.NO_PICTURE,
        }


def test_a_picture_with_several_digits_is_refused_under_one_label(mine: OwnSet) -> None:
    threes = load_digits().valid_images[load_digits().valid_labels == 1][:3]
    row = Image.fromarray(255 - np.concatenate(list(threes), axis=1)).resize((840, 280), Image.Resampling.BICUBIC)
    file = io.BytesIO()
    row.save(file, "PNG")
    imported = mine.import_zip(zipped({"3/row.png": file.getvalue(), **GOOD}))
    assert whys(imported) == {"3/row.png": "it holds 3 digits"}
    assert len(imported.taken) == len(GOOD)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7", "a PDF document"),
        (png_bytes(np.zeros((28, 28), np.uint8)), "picture .PNG."),
        (b"", "an empty file"),
    ],
)
def test_what_is_no_zip_is_named(data: bytes, kind: str, mine: OwnSet) -> None:
    assert_refused(mine, data, f"The file is no .zip: it is .*{kind}")


def test_pictures_that_take_too_long_are_refused(mine: OwnSet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_files, "MOST_PIXELS", 130_000)
    damaged = photo_of_a_seven()[:-500]  # counts too: it costs as much
    imported = mine.import_files([("7/a.jpg", damaged), ("7/b.jpg", photo_of_a_seven()), ("7/c.jpg", damaged)])
    assert whys(imported)["7/c.jpg"] == own_files.TOO_LARGE


def assert_refused(mine: OwnSet, data: bytes, match: str) -> None:
    kept = OwnSet(mine.id).names()
    with pytest.raises(BadArchive, match=match) as refused:
        mine.import_zip(data)
    assert mine.names() == kept
    assert not set(str(refused.value)) & set("[]<>`$\x1b\u202e\n")
    assert len(str(refused.value)) < 2000


GOOD = {f"{digit}/{n}.png": png_bytes(drawing(n)) for digit in "37" for n in range(2)}


@pytest.mark.parametrize("name", ["../3/x.png", "/3/x.png", "3/../../7/x.png", "C:\\3\\x.png", "..\\3\\x.png"])
def test_a_path_that_climbs_out_refuses_it_all(name: str, mine: OwnSet, tmp_path: Path) -> None:
    assert_refused(mine, zipped({**GOOD, name: png_bytes(drawing())}), "climbs out")
    with pytest.raises(BadArchive, match="climbs out"):
        mine.import_files([(name, b"x")])
    assert not list(tmp_path.rglob("x.png"))


def test_a_hostile_name_is_shown_as_plain_words(mine: OwnSet) -> None:
    assert_refused(mine, zipped({**GOOD, "../`<b>[x](http://evil)" + "x" * 5000: b""}), "climbs out")
    imported = mine.import_zip(zipped({"<script>\u202e`$[x](y)" + "z" * 500: b""}))
    assert len(imported.refused[0].name) <= 100
    imported = mine.import_zip(zipped({"<script>\u202e`$[x](y)": b""}))
    assert not set(imported.refused[0].name) & set("[]<>`$\u202e")


def test_a_link_is_refused(mine: OwnSet, tmp_path: Path) -> None:
    link = zipfile.ZipInfo("3/link.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert_refused(mine, write_zip(tmp_path / "a.zip", GOOD, link).read_bytes(), "link")


def test_bombs_are_refused(mine: OwnSet, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = zipped({"3/1.png": bytes(archive.LARGEST_MEMBER + 1)})
    assert len(bomb) < 10_000
    assert_refused(mine, bomb, "far too large")
    assert_refused(mine, zipped({f"3/{n}": b"" for n in range(own_files.MOST_FILES + 1)}), "more than 4,000")
    assert_refused(mine, zipped({f"3/{n}{'x' * 60_000}": b"" for n in range(20)}), "more than 4,000")
    monkeypatch.setattr(archive, "LARGEST_TOTAL", 1_000_000)
    assert_refused(mine, zipped({f"3/{n}.png": bytes(300_000) for n in range(4)}), "unpacks to more")
    with pytest.raises(BadArchive, match="more than 4,000"):
        mine.import_files((f"3/{n}", b"") for n in range(own_files.MOST_FILES + 1))


def test_an_encrypted_zip_is_refused(mine: OwnSet) -> None:
    data = bytearray(zipped(GOOD))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert_refused(mine, bytes(data), "encrypted")


def with_comment(data: bytes, comment: bytes) -> bytes:
    packed = io.BytesIO(data)
    with zipfile.ZipFile(packed, "a") as archive:
        archive.comment = comment
    return packed.getvalue()


def zip64(files: dict[str, bytes]) -> bytes:
    """A zip whose end is written in the form for more than 4 GB, as some programs do for any size."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 0)
        return zipped(files)


@pytest.mark.parametrize("comment", [b"x", b"made by somebody", b"y" * 65_535])
def test_a_comment_is_none_of_ours(comment: bytes, mine: OwnSet) -> None:
    assert len(mine.import_zip(with_comment(zipped(GOOD), comment)).taken) == 4


def test_zips_of_other_kinds_are_read_too(mine: OwnSet) -> None:
    assert len(mine.import_zip(b"#!/bin/sh\n" * 100 + zipped(GOOD)).taken) == 4  # one that unpacks itself
    large = zip64(GOOD)
    assert b"PK\6\6" in large
    assert len(mine.import_zip(large).taken) == 4
    assert len(mine.import_zip(with_comment(zip64(GOOD), b"x")).taken) == 4


def test_a_comment_hides_no_list_of_members(mine: OwnSet) -> None:
    many = {f"3/{n}": b"" for n in range(own_files.MOST_FILES + 1)}
    assert_refused(mine, with_comment(zipped(many), b"x" * 500), "more than 4,000")
    assert_refused(mine, zip64(many), "more than 4,000")
    short, long = zipped(GOOD), zipped(many)
    assert_refused(mine, with_comment(long, short[-22:] + b"x"), "no .zip")
    lies = bytearray(zip64(many))
    at = lies.rindex(b"PK\6\6") + 24
    lies[at : at + 24] = zip64(GOOD)[-98 + 24 :][:24]  # count and length of a shorter list
    kept = mine.names()
    with pytest.raises(BadArchive):
        mine.import_zip(bytes(lies))
    assert mine.names() == kept


@pytest.mark.parametrize("data", [b"", b"PK", b"%PDF", zipped(GOOD)[:-1], zipped(GOOD) + b"x", b"\0" * 1000])
def test_what_is_no_zip_is_refused(data: bytes, mine: OwnSet) -> None:
    assert_refused(mine, data, "no .zip")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=200)
@given(data=st.data())
def test_a_damaged_zip_never_crashes_and_never_gives_what_was_not_in_it(data: st.DataObject, tmp_path: Path) -> None:
    mine, good = OwnSet.new(), bytearray(zipped(GOOD))
    for _ in range(data.draw(st.integers(1, 4))):
        good[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    try:
        mine.import_zip(bytes(good))
    except BadArchive:
        assert mine.names() == []
    digits = mine.read()
    known = {drawing(n).tobytes() for n in range(2)}
    assert {image.tobytes() for image in digits.images} <= known  # every byte of a picture is under a checksum
    assert {path.relative_to(tmp_path).parts[0] for path in tmp_path.rglob("*")} <= {"home"}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=100)
@given(
    files=st.dictionaries(
        st.text(max_size=8) | st.builds("{}/{}".format, st.sampled_from(["3", "7", "8", "10"]), st.text(max_size=8)),
        st.binary(max_size=60) | st.just(png_bytes(drawing())),
        max_size=6,
    )
)
def test_any_names_and_contents_are_taken_or_refused(files: dict[str, bytes], embedded: Digits) -> None:
    mine = OwnSet.new()
    try:
        imported = mine.import_files(files.items())
    except BadArchive:
        return
    digits = mine.read()
    assert len(imported.taken) + len(imported.refused) <= len(files)
    mixed = embedded.with_own(*digits.of(embedded.classes))
    assert mixed.valid_fingerprint == embedded.valid_fingerprint
    assert mixed.n_own == np.isin(digits.digits, (3, 7)).sum()
    assert len(digits.names) == len(imported.taken)
