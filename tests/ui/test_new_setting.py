"""A setting is declared once: two that only these tests declare come up wherever a setting is named."""

import csv
import dataclasses
import io
import json
import sys
from collections.abc import Callable, Iterator
from typing import ClassVar

import pytest
import torch
from streamlit.testing.v1 import AppTest

from mnist37.cli import main
from mnist37.data import Digits
from mnist37.rungs import LADDER, Default, Watch, settings_for
from mnist37.rungs.base import grey_rows, stack_rows
from mnist37.rungs.batches import DataLoader
from mnist37.rungs.linear_scratch import LinearScratch, calc_grad, initial_params, validate_epoch
from mnist37.rungs.losses import LOSSES
from mnist37.runs import RunInfo, RunStore
from mnist37.settings import SETTINGS, Choice, Number, Settings, Slider, declared_by, declares
from mnist37.takeaway import KeptRun
from mnist37.takeaway.notebook import to_notebook
from mnist37.ui.compare.runs_table import table
from mnist37.ui.runs.differences import differences
from mnist37.ui.runs.run_rows import Filters, run_row, to_csv
from mnist37.ui.shell.link import link_parameters, locked_words, read_link
from mnist37.ui.widgets.words import run_title, settings_words
from tests.ui.kept import run_info

OpenApp = Callable[..., AppTest]

MOMENTUM = Number(
    title="momentum",
    short="momentum",
    brief="how much of the last step",
    does="How much of the last step each step repeats.",
    low=0.0,
    high=0.99,
    why="With 1 nothing would ever slow down.",
    entry=Slider(0.9),
    group="learning",
    words="momentum {:g}",
)
START = Choice(
    title="start",
    short="start",
    brief="the first weights",
    does="What the weights are before the first step.",
    titles={"random": "at random", "zeros": "all zero"},
    group="model",
    words="from {}",
)
Wider = dataclasses.make_dataclass(
    "Settings",
    [
        ("momentum", float, dataclasses.field(default=0.0, metadata=declares(MOMENTUM))),
        ("start", str, dataclasses.field(default="random", metadata=declares(START))),
    ],
    bases=(Settings,),
    frozen=True,
    slots=True,
    kw_only=True,
)
"""`Settings` as it would be with two more fields in its source."""


class Rolling(LinearScratch):
    """`linear-scratch` with both of them."""

    uses = LinearScratch.uses | {"momentum", "start"}
    defaults: ClassVar = {**LinearScratch.defaults, "momentum": Default(0.25, "A little of it.")}

    def fit(self, settings: Settings, digits: Digits, watch: Watch) -> None:
        train = grey_rows(digits.train_images, digits.train_labels)
        dl = DataLoader(*train, settings.batch_size, shuffle_seed=settings.seed)
        valid, params = stack_rows(digits.valid_images, digits.valid_labels), initial_params(settings.seed)
        if settings.start == "zeros":
            for p in params:
                p.data.zero_()
        watch.begin({"weights": params[0], "bias": params[1]})
        optimizer = torch.optim.SGD(params, settings.lr, settings.momentum)
        for _ in range(settings.epochs):
            for xb, yb in dl:
                loss = calc_grad(xb, yb, params, LOSSES[settings.loss])
                optimizer.step()
                optimizer.zero_grad()
                watch.after_batch(loss.item())
            watch.after_epoch(*validate_epoch(*valid, params, LOSSES[settings.loss]))


@pytest.fixture(scope="module", autouse=True)
def declared(closed_app: None) -> Iterator[None]:
    """Both settings are declared and a model reads them, before anything of the app starts."""
    with pytest.MonkeyPatch.context() as patch:
        for name, setting in declared_by(Wider).items():
            patch.setitem(SETTINGS, name, setting)
        patch.setitem(LADDER, Rolling.name, Rolling())
        put_everywhere(Settings, Wider)
        yield
        put_everywhere(Wider, Settings)


def put_everywhere(old: type[Settings], new: type[Settings]) -> None:
    """Put a class into the place of another in all modules of the app, whichever are imported by now."""
    for name, module in list(sys.modules.items()):
        if name.startswith("mnist37.") and vars(module).get("Settings") is old:
            module.Settings = new


def trained(capsys: pytest.CaptureFixture[str], *options: str) -> RunInfo:
    """A run that the command line trained, read from disk."""
    assert main(["train", "--epochs", "2", *options, "--json"]) == 0
    return RunStore().info(json.loads(capsys.readouterr().out)["run"])


def test_the_command_line_takes_it_and_the_run_is_kept_with_it(capsys: pytest.CaptureFixture[str]) -> None:
    info = trained(capsys, "--momentum", "0.5", "--start", "zeros")
    assert (info.settings.momentum, info.settings.start) == (0.5, "zeros")
    written = json.loads((RunStore().folder / info.id / "run.json").read_text())["settings"]
    assert (written["momentum"], written["start"]) == (0.5, "zeros")
    losses = RunStore().history(info.id).losses()
    assert losses[0] == pytest.approx(0.6931, abs=1e-4)  # zeros answer one half
    without = RunStore().history(trained(capsys, "--momentum", "0", "--start", "zeros").id).losses()
    assert losses[-1] != without[-1]
    assert main(["runs"]) == 0
    assert "loss logistic, start zeros, lr 0.1, batch 64, epochs 2, momentum 0.5" in capsys.readouterr().out


def test_the_command_line_says_what_it_is_and_refuses_what_it_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["train", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert "How much of the last step each step repeats. From 0 to 0.99; by default the model's own." in said
    assert "one of: random, zeros; by default the model's own" in said
    wrong = [
        (["--momentum", "1"], "momentum is 1.0. Give a number from 0 to 0.99."),
        (["--start", "ones"], "linear-scratch cannot learn with the start 'ones'. Choose from: random, zeros."),
        (["--rung", "simple-net", "--momentum", "0.5"], "simple-net has no momentum to set. Leave --momentum out."),
    ]
    for options, error in wrong:
        assert main(["train", *options]) == 2
        assert error in capsys.readouterr().err


def test_a_run_kept_before_it_has_its_default(capsys: pytest.CaptureFixture[str]) -> None:
    info = trained(capsys, "--momentum", "0.5")
    path = RunStore().folder / info.id / "run.json"
    record = json.loads(path.read_text())
    del record["settings"]["momentum"], record["settings"]["start"]
    path.write_text(json.dumps(record))
    older = RunStore().info(info.id).settings
    assert older == info.settings.replace(momentum=0.0, start="random")
    assert settings_for("linear-scratch").momentum == 0.25  # what the model itself says


def test_a_link_carries_and_locks_it() -> None:
    settings = settings_for("linear-scratch", momentum=0.5, start="zeros")
    linked = read_link(link_parameters(settings, frozenset({"momentum"})))
    assert (linked.values["momentum"], linked.values["start"], linked.notices) == (0.5, "zeros", ())
    assert linked.is_locked("momentum")
    assert not linked.is_locked("start")
    assert "momentum" not in link_parameters(settings_for("simple-net"), frozenset())
    assert locked_words(linked.locked, LADDER["linear-scratch"].uses) == "Locked by your teacher: momentum."
    wrong = read_link({"momentum": "7", "start": "ones"})
    assert (wrong.values["momentum"], wrong.values["start"]) == (0.99, "random")
    assert wrong.notices == (
        "The link's momentum is “7”; it goes from 0 to 0.99: now 0.99.",
        "Linear from scratch has no start “ones”; it is random now.",
    )


def test_it_stands_in_a_run_s_words_and_title() -> None:
    info = run_info(momentum=0.5, start="zeros")
    assert settings_words(info) == "lr 0.1, batch 64, logistic, seed 0, momentum 0.5, from zeros"
    assert run_title(info, "today").endswith("seed 0, momentum 0.5, from zeros")
    assert "momentum" not in settings_words(run_info("simple-net"))
    assert differences([info, run_info(momentum=0.9, start="zeros")]) == ["momentum 0.5", "momentum 0.9"]


def test_it_is_a_column_of_the_runs_table_and_of_its_csv() -> None:
    rows = [run_row(run_info(momentum=0.5, start="zeros")), run_row(run_info("simple-net"))]
    shown = table(rows)
    assert shown["momentum"].tolist()[0] == 0.5
    assert shown["start"].isna().tolist() == [False, True]
    assert Filters(text="momentum 0.5").let_through(rows[0])
    assert not Filters(text="momentum 0.5").let_through(rows[1])
    first, second = csv.DictReader(io.StringIO(to_csv(rows).decode("utf-8-sig"), newline=""))
    assert (first["momentum"], first["start"]) == ("0.5", "zeros")
    assert (second["momentum"], second["start"]) == ("", "")


def test_a_notebook_assigns_it(capsys: pytest.CaptureFixture[str]) -> None:
    run = KeptRun.of(RunStore(), trained(capsys, "--momentum", "0.5", "--start", "zeros").id)
    cells = json.loads(to_notebook(run.info, run.history))["cells"]
    (assigned,) = ["".join(cell["source"]) for cell in cells if "epochs=2, " in "".join(cell["source"])]
    assert ", momentum=0.5, start='zeros')" in assigned


def test_the_lab_has_a_widget_for_it(open_app: OpenApp) -> None:
    app = open_app()
    assert not app.exception
    slider, box = app.slider(key="lab_linear-scratch_momentum"), app.selectbox(key="lab_linear-scratch_start")
    assert (slider.value, slider.min, slider.max) == (0.25, 0.0, 0.9)
    assert slider.label == "Momentum\n\nhow much of the last step"
    assert slider.help == (
        "How much of the last step each step repeats. With 1 nothing would ever slow down. "
        "By default 0.25: A little of it."
    )
    assert (box.value, box.options) == ("random", ["at random", "all zero"])
    assert box.help == "What the weights are before the first step. By default random."
    slider.set_value(0.5)
    box.set_value("zeros").run()
    assert not app.exception
    assert (app.query_params["momentum"], app.query_params["start"]) == ("0.5", "zeros")
    app.radio(key="lab_rung").set_value("simple-net").run()
    assert not any(widget.key.endswith("momentum") for widget in app.slider)


def test_the_lab_takes_it_from_a_link_that_locks_it(open_app: OpenApp) -> None:
    app = open_app(momentum="0.95", start="zeros", lock="momentum")
    assert not app.exception
    slider = app.slider(key="lab_linear-scratch_momentum")
    assert (slider.value, slider.max, slider.disabled) == (0.95, 0.95, True)
    assert app.selectbox(key="lab_linear-scratch_start").value == "zeros"
    assert any("Locked by your teacher: momentum." in caption.value for caption in app.caption)
    app.button(key="share").click().run()
    assert "momentum=0.95" in app.code[0].value
    assert not app.exception
