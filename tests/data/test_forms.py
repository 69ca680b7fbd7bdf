"""The forms in which people keep digits: each gives the very same digits; a refusal shows what was found."""

import bz2
import gzip
import io
import lzma
import re
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from numpy.typing import NDArray
from PIL import Image

from mnist37.data import Digits, OwnSet, load_digits
from mnist37.data.files import LARGEST_TABLE
from mnist37.data.parts import Labelled, Parts, digits_of
from mnist37.errors import BadArchive, DataError, DataNotFound

from .samples import idx_bytes, layout_files, png_bytes, write_folder, write_tar, write_zip

RNG = np.random.default_rng(0)
LABELS = {"train": np.array([7, 0, 3, 9, 3, 7, 3, 7], np.uint8), "test": np.array([3, 7, 1, 7, 3], np.uint8)}
ARRAYS = ("train", "test")


def digit_like(n: int, seed: int) -> NDArray[np.uint8]:
    """Bright noise on a black ground, with a margin, as a digit has it."""
    images = np.zeros((n, 28, 28), np.uint8)
    images[:, 4:24, 4:24] = np.random.default_rng(seed).integers(0, 256, (n, 20, 20), np.uint8)
    return images


IMAGES = {part: digit_like(len(LABELS[part]), seed) for seed, part in enumerate(ARRAYS)}
EXPECTED = digits_of(Parts(*(Labelled(IMAGES[part], LABELS[part]) for part in ARRAYS)), "expected")
Files = dict[str, bytes]


def class_folders(train: str = "train", test: str = "valid", encode: Callable[..., bytes] = png_bytes) -> Files:
    names = dict(zip(ARRAYS, (train, test), strict=True))
    return {
        f"{names[part]}/{label}/{at}.png": encode(image)
        for part in ARRAYS
        for at, (image, label) in enumerate(zip(IMAGES[part], LABELS[part], strict=True))
    }


def idx(dot: str = "-", ending: str = "", test: str = "t10k") -> Files:
    pack = gzip.compress if ending else bytes
    return {
        f"{name}-{what}{dot}idx{kind}-ubyte{ending}": pack(idx_bytes(arrays[part]))
        for part, name in zip(ARRAYS, ("train", test), strict=True)
        for what, kind, arrays in (("images", 3, IMAGES), ("labels", 1, LABELS))
    }


def csv(part: str, header: str | None = "label", delimiter: str = ",", *, last: bool = False) -> bytes:
    columns = [f"pixel{at}" for at in range(784)]
    rows = [[str(label), *map(str, image.ravel())] for image, label in zip(IMAGES[part], LABELS[part], strict=True)]
    lines = [[header, *columns], *rows] if header else rows
    return "\n".join(delimiter.join([*line[1:], line[0]] if last else line) for line in lines).encode() + b"\n"


def npz(**names: str) -> bytes:
    file = io.BytesIO()
    names = names or {"x_train": "", "y_train": "", "x_test": "", "y_test": ""}
    arrays = [IMAGES["train"], LABELS["train"], IMAGES["test"], LABELS["test"]]
    np.savez_compressed(file, **dict(zip(names, arrays, strict=True)))
    return file.getvalue()


def parquet(part: str, column: str = "image", *, rows: slice = slice(None), as_pixels: bool = False) -> bytes:
    images, labels = IMAGES[part][rows], LABELS[part][rows]
    if as_pixels:
        flat = images.reshape(len(images), -1)
        table = pa.table({"label": labels} | {f"pixel{at}": flat[:, at] for at in range(784)})
    else:
        pictures = [{"bytes": png_bytes(image), "path": f"{at}.png"} for at, image in enumerate(images)]
        table = pa.table({column: pictures, "label": pa.array(labels.astype(np.int64))})
    file = io.BytesIO()
    pq.write_table(table, file)
    return file.getvalue()


def within(folder: str, files: Files) -> Files:
    return {f"{folder}/{name}": data for name, data in files.items()}


def encode_as(mode: str, form: str = "PNG") -> Callable[[NDArray[np.uint8]], bytes]:
    def encode(image: NDArray[np.uint8]) -> bytes:
        file = io.BytesIO()
        Image.fromarray(image).convert(mode).save(file, form)
        return file.getvalue()

    return encode


FOLDERS: dict[str, Files] = {
    "train and test": class_folders("train", "test"),
    "train and val": class_folders("train", "val"),
    "training and testing": class_folders("training", "testing"),
    "train and validation": class_folders("train", "validation"),
    "Train and Valid": class_folders("Train", "Valid"),
    "TRAIN and TEST": class_folders("TRAIN", "TEST"),
    "trainingSet and testSet": class_folders("trainingSet", "testSet"),
    "words for digits": {re.sub("/3/", "/Three/", name).replace("/7/", "/seven/"): data
                         for name, data in class_folders().items()},
    "two folders around": within("data/mnist_png", class_folders("training", "testing")),
    "three folders around": within("a/b/c", class_folders()),
    "beside other things": within("set", class_folders()) | {"README.md": b"x", "models/a.bin": b"x"},
    "a part without labels": class_folders("train", "val") | {"test/1.png": b"?", "test/2.png": b"?"},
    "RGB": class_folders(encode=encode_as("RGB")),
    "RGBA": class_folders(encode=encode_as("RGBA")),
    "LA": class_folders(encode=encode_as("LA")),
    "BMP": class_folders(encode=encode_as("RGB", "BMP")),
    "16 bits": class_folders(encode=lambda image: png_bytes(Image.fromarray(image.astype(np.uint16) * 257))),
    "IDX": idx(),
    "IDX with dots": idx("."),
    "IDX packed": idx(ending=".gz"),
    "IDX packed, with dots": idx(".", ".gz"),
    "IDX called test": idx(test="test"),
    "torchvision": within("MNIST/raw", idx()) | within("MNIST/raw", idx(ending=".gz")),
    "torchvision beside others": within("MNIST/raw", idx()) | within("FashionMNIST/raw", idx()),
    "IDX as Kaggle has it": idx(".") | {f"{name}/{name}": data for name, data in idx().items()},
    "IDX that is packed without saying so": {name: gzip.compress(data) for name, data in idx().items()},
    "CSV": {"mnist_train.csv": csv("train"), "mnist_test.csv": csv("test")},
    "CSV without a header": {"mnist_train.csv": csv("train", None), "mnist_test.csv": csv("test", None)},
    "CSV with the label last": {"train.csv": csv("train", None, last=True), "test.csv": csv("test", None, last=True)},
    "CSV with a class last": {"train.csv": csv("train", "class", last=True), "test.csv": csv("test", "Class")},
    "CSV with semicolons": {"train.csv": csv("train", delimiter=";"), "valid.csv": csv("test", delimiter=";")},
    "CSV with quotes": {"train.csv": csv("train", '"label"'), "test.csv": csv("test", '"label"')},
    "CSV of Windows": {"train.csv": b"\xef\xbb\xbf" + csv("train").replace(b"\n", b"\r\n"), "test.csv": csv("test")},
    "CSV packed": {"train.csv.gz": gzip.compress(csv("train"), mtime=0), "test.csv.gz": gzip.compress(csv("test"))},
    "npz": {"mnist.npz": npz()},
    "npz with other names": {"a.npz": npz(train_images="", train_labels="", test_images="", test_labels="")},
    "parquet": within("mnist", {"train-00000-of-00001.parquet": parquet("train"),
                                "test-00000-of-00001.parquet": parquet("test")}) | {"README.md": b"x"},
    "parquet in folders": {"train/0000.parquet": parquet("train"), "test/0000.parquet": parquet("test")},
    "parquet in shards": {"train-00000-of-00002.parquet": parquet("train", rows=slice(0, 5)),
                          "train-00001-of-00002.parquet": parquet("train", rows=slice(5, None)),
                          "test-00000-of-00001.parquet": parquet("test")},
    "parquet of pixels": {"train.parquet": parquet("train", as_pixels=True),
                          "test.parquet": parquet("test", as_pixels=True)},
}  # fmt: skip


def same_digits(found: Digits) -> bool:
    """Whether these are the expected digits; a folder's order is that of its files' names, which are the same here."""
    return found.fingerprint == EXPECTED.fingerprint


@pytest.mark.parametrize("name", FOLDERS)
def test_every_form_is_read_from_a_folder(name: str, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "set", FOLDERS[name])
    digits = load_digits(str(folder))
    assert same_digits(digits)
    assert digits.source == str(folder)
    assert load_digits(str(folder)).source == str(folder)  # from the cache


@pytest.mark.parametrize("name", FOLDERS)
def test_every_form_is_read_from_an_archive(name: str, tmp_path: Path) -> None:
    for path in (write_zip(tmp_path / "a.zip", FOLDERS[name]), write_tar(tmp_path / "a.tgz", FOLDERS[name])):
        digits = load_digits(str(path))
        assert same_digits(digits)
        assert digits.source == str(path)


PACKINGS = {
    "tar": bytes, "tar.gz": gzip.compress, "tgz": gzip.compress, "tar.bz2": bz2.compress, "tbz2": bz2.compress,
    "tar.xz": lzma.compress, "txz": lzma.compress,
}  # fmt: skip


@pytest.mark.parametrize("ending", PACKINGS)
def test_every_packing_of_tar_is_read(ending: str, tmp_path: Path) -> None:
    tar = gzip.decompress(write_tar(tmp_path / "plain.tgz", class_folders()).read_bytes())
    path = tmp_path / f"a.{ending}"
    path.write_bytes(PACKINGS[ending](tar))
    assert same_digits(load_digits(str(path)))
    for cut in (0.3, 0.6):
        path.write_bytes(PACKINGS[ending](tar)[: int(len(PACKINGS[ending](tar)) * cut)])
        with pytest.raises(BadArchive, match="damaged"):
            load_digits(str(path))


def test_a_browser_may_have_unpacked_it(tmp_path: Path) -> None:
    path = write_tar(tmp_path / "a.tgz", class_folders())
    path.write_bytes(gzip.decompress(path.read_bytes()))
    assert same_digits(load_digits(str(path)))


def test_a_header_that_is_damaged_in_a_plain_tar_is_no_end(tmp_path: Path) -> None:
    tar = bytearray(gzip.decompress(write_tar(tmp_path / "a.tgz", class_folders()).read_bytes()))
    at = tar.index(b"valid/3/0.png")
    tar[at + 150] ^= 1  # within the header's checksum
    (tmp_path / "a.tar").write_bytes(tar)
    with pytest.raises(BadArchive, match="damaged"):
        load_digits(str(tmp_path / "a.tar"))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("train.csv", csv("train")),
        ("train.csv.gz", gzip.compress(csv("train"), mtime=0)),
        ("digits.parquet", parquet("train")),
        ("mnist.npz", npz()),
    ],
)
def test_a_single_file_is_read(name: str, data: bytes, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    (tmp_path / "test.csv").write_bytes(csv("test"))  # whoever names a file means that file
    digits = load_digits(str(path))
    if name == "mnist.npz":
        assert same_digits(digits)
    else:
        assert digits.counts() == {"train": {3: 2, 7: 2}, "valid": {3: 1, 7: 1}}
        assert digits.source == f"{path}, split 80/20 here (seed 37)"


UNSPLIT: dict[str, Files] = {
    "classes": {f"{label}/{at}.png": png_bytes(image)
                for at, (image, label) in enumerate(zip(IMAGES["train"], LABELS["train"], strict=True))},
    "classes in a folder": {f"own/{label}/{at}.png": png_bytes(image)
                            for at, (image, label) in enumerate(zip(IMAGES["train"], LABELS["train"], strict=True))},
    "train only": {name: data for name, data in class_folders().items() if name.startswith("train")},
    "IDX of train only": {name: data for name, data in idx().items() if name.startswith("train")},
    "Kaggle's": {"train.csv": csv("train"), "test.csv": csv("test").replace(b"label,", b"", 1),
                 "sample_submission.csv": b"ImageId,Label\n1,0\n"},
}  # fmt: skip
UNSPLIT["Kaggle's"]["test.csv"] = b"\n".join(
    line if at == 0 else line.split(b",", 1)[-1] for at, line in enumerate(UNSPLIT["Kaggle's"]["test.csv"].split(b"\n"))
)


@pytest.mark.parametrize("name", UNSPLIT)
def test_what_is_not_split_is_split_and_said(name: str, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "set", UNSPLIT[name])
    digits = load_digits(str(folder))
    assert digits.counts() == {"train": {3: 2, 7: 2}, "valid": {3: 1, 7: 1}}
    assert digits.source == f"{folder}, split 80/20 here (seed 37)"
    archived = load_digits(str(write_zip(tmp_path / "a.zip", UNSPLIT[name])))
    assert archived.fingerprint == digits.fingerprint  # the same split wherever it lies
    both = np.concatenate([digits.train_images, digits.valid_images])
    assert len({image.tobytes() for image in both}) == 6


def test_a_split_keeps_a_fifth_of_each_class(tmp_path: Path) -> None:
    files = {f"{digit}/{at}.png": png_bytes(image) for digit, n in ((3, 50), (7, 20))
             for at, image in enumerate(digit_like(n, digit))}  # fmt: skip
    digits = load_digits(str(write_folder(tmp_path / "set", files)))
    assert digits.counts() == {"train": {3: 40, 7: 16}, "valid": {3: 10, 7: 4}}


def test_own_digits_as_they_are_exported_are_read(tmp_path: Path) -> None:
    mine = OwnSet.new()
    for at, image in enumerate(IMAGES["train"]):
        mine.add(image, (7, 3)[at % 2])
    path = tmp_path / "my-digits.zip"
    path.write_bytes(mine.to_zip())
    digits = load_digits(str(path))
    assert (digits.n_train, digits.n_valid) == (6, 2)
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = b"made by somebody"
    assert load_digits(str(path)).fingerprint == digits.fingerprint


def test_one_digit_cannot_be_split(tmp_path: Path) -> None:
    files = {"3/1.png": png_bytes(IMAGES["train"][0]), "7/1.png": png_bytes(IMAGES["train"][1])}
    with pytest.raises(DataNotFound, match="one 3 only, and no part to validate with"):
        load_digits(str(write_folder(tmp_path / "set", files)))


def test_a_test_part_is_left_aside_where_there_is_one_to_validate_with(tmp_path: Path) -> None:
    files = class_folders("train", "val") | {"test/3/a.png": b"?", "test/7/b.png": b"?"}
    folder = write_folder(tmp_path / "set", files)
    digits = load_digits(str(folder))
    assert same_digits(digits)
    assert digits.source == f"{folder}, test left aside"


@pytest.mark.parametrize(
    "files",
    [
        within("a", class_folders()) | within("b", class_folders()),
        class_folders() | class_folders("Training"),
        within("KMNIST/raw", idx()) | within("FashionMNIST/raw", idx()),
        {"a.npz": npz(), "b.npz": npz()},
        {"a/train.csv": csv("train"), "b/train.csv": csv("train")},
        {"one.csv": csv("train"), "two.csv": csv("train")},
        {"one.parquet": parquet("train"), "two.parquet": parquet("test")},
    ],
    ids=["folders", "splits", "IDX", "npz", "CSV", "CSV of no part", "parquet"],
)
def test_more_than_one_set_is_refused(files: Files, tmp_path: Path) -> None:
    with pytest.raises(DataNotFound, match=r"holds more than one set of digits: .*, "):
        load_digits(str(write_folder(tmp_path / "set", files)))
    with pytest.raises(BadArchive, match="more than one set"):
        load_digits(str(write_zip(tmp_path / "a.zip", files)))


def pickled_npz() -> bytes:
    file = io.BytesIO()
    np.savez(file, x_train=np.array([object()]), y_train=np.zeros(1))
    return file.getvalue()


def lying_npz() -> bytes:
    """An array that announces 10 TB."""
    file, packed = io.BytesIO(), io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": "|u1", "fortran_order": False, "shape": (10**13,)})
    with zipfile.ZipFile(packed, "w") as archive:
        for name in ("x_train", "y_train"):
            archive.writestr(f"{name}.npy", file.getvalue() + b"xx")
    return packed.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "match"),
    [
        ("a.npz", pickled_npz(), "pickled objects"),
        ("a.npz", lying_npz(), "does not hold what it announces"),
        ("a.npz", b"PK", "damaged"),
        ("a.npz", npz()[:-30], "damaged"),
        ("a.npz", npz(a="", b="", c="", d=""), "holds a, b, c, d"),
        ("a.npz", npz(x_train="", y_train="", x_test="", y_="")[:100], "damaged"),
        ("train.parquet", b"PAR1", "damaged"),
        ("train.parquet", parquet("train")[:-100], "damaged"),
        ("train.parquet", parquet("train", "sound"), "has the columns sound, label"),
        ("train.csv", csv("train")[:-500], "columns in line"),
        ("train.csv", csv("train").replace(b"\n7,", b"\n77,", 1), "line 2, has the label '77'"),
        ("train.csv", csv("train").replace(b"\n7,0", b"\n7,x", 1), "damaged"),
        ("train.csv", csv("train").replace(b"\n7,0", b"\n7,300", 1), "greys from 0 to 300"),
        ("train.csv", csv("train").replace(b"\n3,", b"\n4,"), "holds no 3s"),
        ("train.csv.gz", gzip.compress(csv("train"), mtime=0)[:-9], "damaged"),
    ],
)
def test_a_bad_file_is_named(name: str, data: bytes, match: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(DataError, match=rf"{re.escape(name)}.*{match}"):
        load_digits(str(tmp_path / name))


def test_a_bomb_is_refused_in_every_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("npz", "table", "parquet"):
        monkeypatch.setattr(f"mnist37.data.{module}.LARGEST_TABLE", 2000)
    monkeypatch.setattr("mnist37.data.folder.LARGEST_PICTURE", 0)
    zeros = csv("train").replace(b"1", b"0").replace(b"2", b"0")
    bombs = {"a.npz": npz(), "a.csv": csv("train"), "a.parquet": parquet("train"), "a.csv.gz": gzip.compress(zeros)}
    for name, data in bombs.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(DataError, match=r"larger than|unpacks to more|too large"):
            load_digits(str(tmp_path / name))
    assert LARGEST_TABLE <= 256 * 2**20


def test_an_xz_may_not_ask_for_all_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mnist37.data.archive.MOST_XZ_MEMORY", 2**20)
    (tmp_path / "a.txz").write_bytes(lzma.compress(b"x", preset=9))
    with pytest.raises(BadArchive, match=r"damaged .*[Mm]emory"):
        load_digits(str(tmp_path / "a.txz"))


@pytest.mark.parametrize(
    ("files", "found", "nearest"),
    [
        ({}, "Found: nothing", "Give the four IDX files"),
        ({"pictures/a.jpg": b"", "pictures/b.jpg": b"", "notes.txt": b""}, r"notes\.txt, pictures/ \(a\.jpg, b\.jpg\)",
         "pictures in a folder for each class"),
        ({"img/x/1.png": b"", "img/x/2.png": b"", "img/y/1.png": b""}, r"img/ \(x/ 2 files, y/ 1 file\)", "train/3"),
        ({"MNIST/processed/training.pt": b""}, r"MNIST/ \(processed/ 1 file\)", "Pickles .* are not read"),
        ({"prices.csv": b"a,b\n1,2\n"}, r"Found: prices\.csv\.", "like Kaggle's train.csv"),
        ({"mnist_sample.tgz": b""}, r"Found: mnist_sample\.tgz\.", r"Give the archive in it itself: mnist_sample\.tgz"),
        ({f"{at:02}.png": b"" for at in range(50)}, r"05\.png and 44 more\.", "train/3"),
    ],
)  # fmt: skip
def test_a_refusal_shows_what_was_found_and_the_nearest_form(
    files: Files, found: str, nearest: str, tmp_path: Path
) -> None:
    folder = tmp_path / "set"
    folder.mkdir()
    with pytest.raises(DataNotFound, match=f"Found: .*{found.removeprefix('Found: ')}.*{nearest}"):
        load_digits(str(write_folder(folder, files)))
    with pytest.raises(DataNotFound, match=nearest):
        load_digits(str(write_zip(tmp_path / "a.zip", files)))


def test_an_empty_folder_is_shown(tmp_path: Path) -> None:
    (tmp_path / "set" / "training" / "3").mkdir(parents=True)
    with pytest.raises(DataNotFound, match=r"Found: training/ \(3/ empty\)"):
        load_digits(str(tmp_path / "set"))


# Other sizes and colours.


def small_sevens_and_threes() -> Files:
    """Pictures of 32x32, dark on white, in colour."""
    files = layout_files(0)
    for split in ("train", "valid"):
        for digit in "37":
            for at in range(2):
                image = Image.new("RGB", (32, 32), (250, 250, 240))
                for row in range(6, 26):
                    image.putpixel((10 + (row + at) // (2 if digit == "7" else 4), row), (20, 20, 90))
                    image.putpixel((9 + (row + at) // (2 if digit == "7" else 4), row), (20, 20, 90))
                files[f"{split}/{digit}/{at}.png"] = png_bytes(image)
    return files


def test_other_sizes_are_refused_with_the_flag_and_read_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = str(write_folder(tmp_path / "set", small_sevens_and_threes()))
    with pytest.raises(DataError, match=r"32x32 pixels instead of 28x28.*--prepare"):
        load_digits(folder)
    digits = load_digits(folder, prepare=True)
    assert digits.source == f"{folder}, prepared as drawings are"
    assert digits.train_images[:, 0].max() == 0
    assert (digits.train_images.max(axis=(1, 2)) >= 254).all()
    with pytest.raises(DataError, match="32x32"):
        load_digits(folder)  # the cache keeps both apart
    monkeypatch.setenv("MNIST37_PREPARE", "1")
    assert load_digits(folder).fingerprint == digits.fingerprint
    monkeypatch.setenv("MNIST37_PREPARE", "0")
    with pytest.raises(DataError, match="32x32"):
        load_digits(folder)


def test_tables_of_other_sizes_are_read_with_the_flag_too(tmp_path: Path) -> None:
    larger = np.pad(IMAGES["train"], ((0, 0), (2, 2), (2, 2)))
    larger[4] = 0  # nothing is drawn on it
    file = io.BytesIO()
    np.savez(file, x_train=larger, y_train=LABELS["train"])
    (tmp_path / "a.npz").write_bytes(file.getvalue())
    with pytest.raises(DataError, match=r"32x32 pixels instead of 28x28.*--prepare"):
        load_digits(str(tmp_path / "a.npz"))
    digits = load_digits(str(tmp_path / "a.npz"), prepare=True)
    assert digits.n_train + digits.n_valid == 5
    assert "prepared as drawings are, 1 blank left out" in digits.source


def test_shares_from_0_to_1_and_one_column_for_each_digit_are_read(tmp_path: Path) -> None:
    file = io.BytesIO()
    np.savez(
        file,
        x_train=IMAGES["train"][..., None].astype(np.float32) / 255,
        y_train=np.eye(10)[LABELS["train"]],
        x_test=IMAGES["test"].reshape(-1, 784).astype(np.float64) / 255,
        y_test=LABELS["test"][:, None],
    )
    (tmp_path / "a.npz").write_bytes(file.getvalue())
    assert same_digits(load_digits(str(tmp_path / "a.npz")))


# Dark digits on white.


@pytest.mark.parametrize("name", ["folders", "IDX", "CSV", "npz", "parquet", "zip"])
def test_dark_digits_are_turned_round_and_it_is_said(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for part in ARRAYS:
        monkeypatch.setitem(IMAGES, part, 255 - IMAGES[part])
    files = {
        "folders": class_folders, "IDX": idx, "zip": class_folders, "npz": lambda: {"a.npz": npz()},
        "CSV": lambda: {"train.csv": csv("train"), "test.csv": csv("test")},
        "parquet": lambda: {"train.parquet": parquet("train"), "test.parquet": parquet("test")},
    }[name]()  # fmt: skip
    place = write_zip(tmp_path / "a.zip", files) if name == "zip" else write_folder(tmp_path / "set", files)
    digits = load_digits(str(place))
    assert same_digits(digits)
    assert digits.source == load_digits(str(place)).source == f"{place}, turned to bright on dark"


def test_polarity_is_told_by_image(tmp_path: Path) -> None:
    turned = dict(IMAGES) | {"train": IMAGES["train"].copy()}
    turned["train"][[0, 2]] = 255 - turned["train"][[0, 2]]  # a 7 and a 3
    parts = Parts(*(Labelled(turned[part], LABELS[part]) for part in ARRAYS))
    digits = digits_of(parts, "mixed")
    assert same_digits(digits)
    assert digits.source == "mixed, 2 of 10 turned to bright on dark"
    dark_train = Parts(Labelled(255 - IMAGES["train"], LABELS["train"]), Labelled(IMAGES["test"], LABELS["test"]))
    assert same_digits(digits_of(dark_train, "train is dark"))


def test_an_image_that_does_not_tell_follows_the_others() -> None:
    images = {part: IMAGES[part].copy() for part in ARRAYS}
    noise = np.random.default_rng(5).integers(0, 256, (28, 28), np.uint8)
    images["train"][2] = noise
    bright = digits_of(Parts(*(Labelled(images[part], LABELS[part]) for part in ARRAYS)), "x")
    dark = digits_of(Parts(*(Labelled(255 - images[part], LABELS[part]) for part in ARRAYS)), "x")
    assert (bright.train_images == noise).all(axis=(1, 2)).any()
    assert bright.fingerprint == dark.fingerprint
    assert bright.source == "x"


def test_no_digit_of_mnist_is_turned(full: Digits) -> None:
    assert "turned" not in full.source


def test_tar_is_still_safe_within(tmp_path: Path) -> None:
    member = tarfile.TarInfo("MNIST/raw/train-images-idx3-ubyte")
    member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
    with pytest.raises(BadArchive, match="link, a device or a sparse file"):
        load_digits(str(write_tar(tmp_path / "a.tgz", within("MNIST/raw", idx()), member)))
