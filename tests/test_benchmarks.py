"""The benchmarks' own arithmetic, and the report and the pictures that they leave."""

import io
import re
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks import pictures, report
from benchmarks.growth import long_history, tile
from benchmarks.measure import Sample, interleaved, shown
from benchmarks.table import Table
from mnist37.data import Digits
from tests.installed import ROOT


def test_things_are_timed_in_turn_and_the_first_round_does_not_count() -> None:
    called: list[str] = []
    taken = interleaved({"a": lambda: called.append("a"), "b": lambda: called.append("b") or 7.0}, rounds=3)
    assert called == ["a", "b"] * 4
    assert taken["b"].seconds == (7.0, 7.0, 7.0)
    assert all(0 <= seconds < 1 for seconds in taken["a"].seconds)


def test_what_is_slow_is_told_as_slow() -> None:
    taken = interleaved({"slow": lambda: time.sleep(0.02), "slower": lambda: time.sleep(0.06)}, rounds=3)
    assert 0.02 <= taken["slow"].median < taken["slower"].median
    assert taken["slower"].ratio_to(taken["slow"]) == pytest.approx(3, rel=0.3)


def test_a_ratio_is_that_of_the_same_round() -> None:
    assert Sample((1.0, 10.0, 2.0)).ratio_to(Sample((2.0, 20.0, 4.0))) == 0.5
    assert Sample(tuple(float(n) for n in range(1, 101))).quantile(0.95) == 95
    assert Sample((3.0,)).quantile(0.95) == 3
    assert [shown(0.0123), shown(0.0015), shown(12.34)] == ["12.3 ms", "1.5 ms", "12.3 s"]


def test_a_part_that_is_measured_again_takes_the_old_ones_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "FILE", tmp_path / "performance.md")
    report.write([Table("One", ("a",), [("1",)], "First."), Table("Two", ("b",), [("2",)], "Second.")])
    report.write([Table("One", ("a",), [("3",)], "First, again.")])
    text = report.FILE.read_text()
    assert text.count("## One") == text.count("## Two") == 1
    assert text.index("## One") < text.index("| 3 |") < text.index("## Two") < text.index("| 2 |")
    assert "| 1 |" not in text
    report.write([])
    assert report.FILE.read_text() == text


def test_tiled_digits_are_the_same_ones_again(tiny: Digits) -> None:
    tiled = tile(tiny, 3)
    assert tiled.n_train == 3 * tiny.n_train
    assert tiled.n_valid == tiny.n_valid
    assert (tiled.train_images[tiny.n_train : 2 * tiny.n_train] == tiny.train_images).all()


def test_a_long_history_is_as_long_as_it_says() -> None:
    history = long_history(1_000)
    assert history.step == 1_000
    assert len(history.epochs()) == 10


def test_readme_shows_each_picture_that_is_taken_and_no_other() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    named = re.findall(r'(?:src|srcset)="([^"]+)"', text)
    taken = {f"docs/pictures/{file}" for file in pictures.FILES}
    assert sorted(named) == sorted(taken)
    assert {path.relative_to(ROOT).as_posix() for path in pictures.FOLDER.iterdir()} == taken
    assert len(re.findall(r'<img alt="[^"]{20,}"', text)) == len(pictures.SCENES)


def test_pictures_are_small() -> None:
    sizes = {path.name: path.stat().st_size for path in pictures.FOLDER.iterdir()}
    assert all(size <= pictures.MAX_BYTES for size in sizes.values()), sizes
    assert sum(sizes.values()) <= pictures.MAX_TOTAL_BYTES, sizes


def test_a_common_colour_stays_and_a_rare_one_is_rounded() -> None:
    pixels = np.full((100, 100, 3), (23, 22, 20), np.uint8)
    pixels[50, 50] = (250, 100, 3)
    packed = np.asarray(Image.open(io.BytesIO(pictures.pack(_png(pixels)))).convert("RGB"))
    assert (packed[0, 0] == (23, 22, 20)).all()
    assert packed[50, 50].tolist() == [246, 102, 0]


def test_a_picture_that_is_too_large_is_halved_or_refused() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (700, 700, 3), dtype=np.uint8)
    packed = pictures.pack(_png(noise[:400, :400]))
    assert len(packed) <= pictures.MAX_BYTES
    assert Image.open(io.BytesIO(packed)).size == (200, 200)
    with pytest.raises(ValueError, match="show less of the page"):
        pictures.pack(_png(noise))


def _png(pixels: np.ndarray) -> bytes:
    png = io.BytesIO()
    Image.fromarray(pixels).save(png, "PNG")
    return png.getvalue()
