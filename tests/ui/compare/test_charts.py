"""The charts of the Compare page as plain values, and as files."""

import json
import math
import re
import subprocess
import sys
from pathlib import Path

import pytest

from mnist37.events import Epoch
from mnist37.rungs import LADDER
from mnist37.ui.compare.ladder_chart import ladder_figure, missing
from mnist37.ui.runs.chart_files import html_file
from mnist37.ui.runs.overlaid_curves import OverlaidCurve, accuracies, valid_losses
from tests.ui.kept import run_info

ROOT = Path(__file__).parents[3]
EVIL = "</script><b>mine</b>"


def curve(label: str = "one", *, rung: str = "linear-scratch", ends: tuple[float, ...] = (0.9, 0.98)) -> OverlaidCurve:
    epochs = [Epoch(n, 13 * n, 0.5, 0.5 / n, accuracy, 0.1) for n, accuracy in enumerate(ends, start=1)]
    return OverlaidCurve(run_info(rung), label, epochs)


def test_curves_are_exact_on_hover() -> None:
    (trace,) = accuracies([curve()])["data"]
    assert (trace["name"], trace["x"], trace["y"]) == ("one", [1, 2], [90.0, 98.0])
    assert trace["customdata"] == [
        "90.00 % right, 20 wrong of 200 (85.1 to 93.4 %)",
        "98.00 % right, 4 wrong of 200 (95.0 to 99.2 %)",
    ]


def test_what_is_not_trained_is_a_dashed_level_and_has_no_loss() -> None:
    curves = [curve("means", rung="pixel-similarity", ends=(0.95,)), curve("line", ends=(0.9, 0.95, 0.98))]
    level, line = accuracies(curves)["data"]
    assert (level["x"], level["y"], level["line"]["dash"]) == ([0, 3], [95.0, 95.0], "dash")
    assert "dash" not in line["line"]
    (loss,) = valid_losses(curves)["data"]
    assert (loss["name"], loss["y"]) == ("line", [0.5, 0.25, 0.5 / 3])
    assert loss["line"] == line["line"]  # a run has one colour


def test_runs_without_an_epoch_and_none_at_all_do_no_harm() -> None:
    for curves in ([], [curve(ends=())], [curve(rung="pixel-similarity", ends=())]):
        json.dumps([accuracies(curves), valid_losses(curves)], allow_nan=False)


def test_a_long_curve_is_thinned() -> None:
    (trace,) = accuracies([curve(ends=(0.9,) * 1000)])["data"]
    assert len(trace["x"]) <= 400
    assert trace["x"][-1] == 1000


def test_the_ladder_shows_the_best_against_the_chapter() -> None:
    best = {"linear-scratch": run_info(accuracy=0.985, name=EVIL), "simple-net": run_info("simple-net", accuracy=1.0)}
    figure = ladder_figure(best, {"linear-scratch": 5, "simple-net": 1})
    _, chapter, yours = figure["data"]
    assert chapter["text"] == ["around 85 %", "97.44 %", "97.44 %", "97.44 %", "98.28 %", "99.61 %"]
    assert chapter["x"] == [pytest.approx(1 - rung.chapter[-1].accuracy) for rung in LADDER.values()]
    assert yours["text"] == ["3 wrong of 200 · best of 5 runs", "0 wrong of 200 · 1 run"]
    assert yours["y"] == [1, 4]
    assert yours["x"] == [pytest.approx(0.015), 0.5 / 200]  # no error at all has a place too
    assert "98.50 % right, 3 wrong of 200 (95.7 to 99.5 %)<br>best of 5 runs" in yours["customdata"][0]
    bars = yours["error_x"]
    worst = [x + bar for x, bar in zip(yours["x"], bars["array"], strict=True)]
    least = [x - bar for x, bar in zip(yours["x"], bars["arrayminus"], strict=True)]
    assert worst == pytest.approx([1 - 0.956834, 0.018846], abs=1e-5)  # the bounds of Wilson's intervals
    assert least == pytest.approx([1 - 0.994886, 1e-5], abs=1e-6)
    assert EVIL not in yours["customdata"][0]
    assert sum("no run yet" in name for name in figure["layout"]["yaxis"]["ticktext"]) == len(missing(best)) == 4


def test_all_that_the_ladder_shows_is_within_its_axis() -> None:
    for best in ({}, {"resnet18": run_info("resnet18", accuracy=1.0)}, {"simple-net": run_info(accuracy=0.5)}):
        figure = ladder_figure(best, dict.fromkeys(LADDER, 1))
        left, right = figure["layout"]["xaxis"]["range"]
        shares = [x for trace in figure["data"][1:] for x in trace["x"]]
        assert all(right < math.log10(share) < left for share in shares)
        assert len(figure["layout"]["xaxis"]["tickvals"]) == len(figure["layout"]["xaxis"]["ticktext"]) > 4


def test_an_html_file_holds_all_it_needs_and_nothing_breaks_out() -> None:
    page = html_file(accuracies([curve(EVIL)]), EVIL).decode()
    assert not re.findall(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=", page.replace("<script>", ""))
    assert "Plotly.newPlot(" in page
    assert len(page) > 1_000_000
    assert EVIL not in page


def test_what_makes_a_file_is_imported_for_a_file_only() -> None:
    code = "import sys, mnist37.ui.compare.page; sys.exit(not {'plotly.io._html', 'fastai'}.isdisjoint(sys.modules))"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
