"""A new rung is one file and one line in the ladder: two of them, added while the tests run, work everywhere.

They declare nothing but what is abstract. Workers do not know them, so they are trained by the shell, in this process.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image
from streamlit.testing.v1 import AppTest
from torch import Tensor, nn

from mnist37.classes import THREE_OR_SEVEN, Classes
from mnist37.cli import main
from mnist37.data import Digits
from mnist37.errors import RunError
from mnist37.explain import Occlusion, PixelShares, explain, flip
from mnist37.rungs import LADDER, Default, OneSum, Rung, Watch, Weights, get_rung, image_tensor, settings_for
from mnist37.rungs.base import stack_rows
from mnist37.rungs.batches import DataLoader
from mnist37.rungs.losses import LOSSES, batch_accuracy
from mnist37.runs import RunStore
from mnist37.settings import Settings
from mnist37.takeaway import KeptRun
from mnist37.takeaway.notebook import to_notebook
from mnist37.train import train
from mnist37.ui.compare.ladder_chart import ladder_figure
from mnist37.ui.visit import SELECTED
from tests.ui.conftest import visit_of

from ..takeaway.test_notebook import accuracy, assert_the_same_curve, execute, kernel, printed

__all__ = ["kernel"]  # a fixture

OpenApp = Callable[..., AppTest]
Shell = Callable[..., dict[str, Any]]

DEFAULTS = {
    "lr": Default(0.1, "It learns."),
    "batch_size": Default(100, "Eight steps an epoch."),
    "epochs": Default(3, "It is quick."),
    "loss": Default("logistic", "The usual one."),
}
SCALE = 0.02


def two_sums(rows: Tensor, layer: nn.Linear) -> Tensor:
    """The three's sum less the seven's: `[N, 784]` to `[N, 1]`."""
    sums = layer(rows)
    return sums[:, :1] - sums[:, 1:]


class TwoSums(Rung):
    """A sum of pixels for each digit; the larger one wins."""

    name = "two-sums"
    title = "Two sums"
    summary = "A sum of pixels for each digit: the larger one wins."
    uses = frozenset({"lr", "batch_size", "epochs", "seed"})
    losses = ("logistic",)
    defaults = DEFAULTS

    def fit(self, settings: Settings, digits: Digits, watch: Watch) -> None:
        torch.manual_seed(settings.seed)
        layer, loss_func = nn.Linear(784, 2), LOSSES[settings.loss]
        nn.init.uniform_(layer.weight, -SCALE, SCALE)
        dl = DataLoader(*stack_rows(digits.train_images, digits.train_labels), settings.batch_size, settings.seed)
        valid_x, valid_y = stack_rows(digits.valid_images, digits.valid_labels)
        watch.begin(layer.state_dict())
        for _ in range(settings.epochs):
            dl.batch_size = watch.batch_size
            for xb, yb in dl:
                loss = loss_func(two_sums(xb, layer), yb)
                grads = torch.autograd.grad(loss, list(layer.parameters()))
                for p, grad in zip(layer.parameters(), grads, strict=True):
                    p.data -= grad * watch.lr
                watch.after_batch(loss.item())
            with torch.no_grad():
                preds = two_sums(valid_x, layer)
            watch.after_epoch(loss_func(preds, valid_y).item(), batch_accuracy(preds, valid_y).item())

    def logits(self, settings: Settings, weights: Weights, images: Tensor) -> Tensor:
        sums = nn.functional.linear(images.reshape(-1, 784), weights["weight"], weights["bias"])
        return sums[:, 0] - sums[:, 1]

    def weights_form(self, settings: Settings) -> Weights:
        return nn.Linear(784, 2, device="meta").state_dict()

    def first_layer(self, weights: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float32]:
        return weights["weight"].reshape(2, 28, 28)

    def lesson(self, classes: Classes = THREE_OR_SEVEN) -> Sequence[Callable[..., Any]]:
        return (two_sums,)


class LeftInk(Rung):
    """A 3 has more ink in its left half than a 7; where the border lies is looked up once."""

    name = "left-ink"
    title = "Ink on the left"
    summary = "How much of the ink lies on the left. Nothing is trained."
    uses = frozenset()
    losses = ("rmse",)
    defaults: ClassVar[Mapping[str, Default]] = {**DEFAULTS, "loss": Default("rmse", "Not used.")}
    is_trained = False
    gives_probability = False

    def fit(self, settings: Settings, digits: Digits, watch: Watch) -> None:
        left, is_3 = image_tensor(digits.train_images)[:, :, :14], torch.tensor(digits.train_labels) == 1
        weights = {"left3": left[is_3].mean(0), "left7": left[~is_3].mean(0)}
        watch.begin(weights)
        says_3 = self.logits(settings, weights, image_tensor(digits.valid_images)) > 0
        right = says_3 == (torch.tensor(digits.valid_labels) == 1)
        watch.after_epoch(float("nan"), right.float().mean().item())

    def logits(self, settings: Settings, weights: Weights, images: Tensor) -> Tensor:
        border = (weights["left3"].mean() + weights["left7"].mean()) / 2
        return (images[:, :, :14].mean((1, 2)) - border).sign().detach()  # without a gradient

    def weights_form(self, settings: Settings) -> Weights:
        return {name: torch.empty(28, 14, device="meta") for name in ("left3", "left7")}

    def first_layer(self, weights: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float32]:
        return weights["left3"][None]

    def lesson(self, classes: Classes = THREE_OR_SEVEN) -> Sequence[Callable[..., Any]]:
        return ()


@pytest.fixture(params=[TwoSums(), LeftInk()], ids=lambda rung: rung.name)
def rung(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Rung:
    """The line in the ladder."""
    monkeypatch.setitem(LADDER, request.param.name, request.param)
    return request.param


@pytest.fixture
def shell(capfd: pytest.CaptureFixture[str]) -> Shell:
    """Runs a command in this process; returns its result."""

    def run(*arguments: object) -> dict[str, Any]:
        capfd.readouterr()
        assert main([*map(str, arguments), "--json"]) == 0
        return json.loads(capfd.readouterr().out.splitlines()[-1])

    return run


def words(app: AppTest) -> str:
    assert not app.exception
    assert not app.error
    elements = [*app.caption, *app.markdown, *app.info, *app.dataframe, *app.get("html")]
    return " ".join(str(element.value if hasattr(element, "value") else element.proto.body) for element in elements)


def test_the_shell_trains_it_and_asks_it(rung: Rung, shell: Shell, tmp_path: Path, embedded: Digits) -> None:
    run = shell("train", "--rung", rung.name)
    assert run["accuracy"] > 0.6
    assert RunStore().info(run["run"]).settings == settings_for(rung.name)
    assert [climbed["run"] != run["run"] for climbed in shell("ladder", "--only", rung.name)["ladder"]] == [True]
    Image.fromarray(embedded.valid_images[0]).resize((56, 56)).save(tmp_path / "three.png")
    (said,) = shell("predict", run["run"], tmp_path / "three.png")["results"]
    assert said["digit"] in {"3", "7"}
    assert (said["probability_of_3"] is None) == (not rung.gives_probability)
    assert main(["train", "--rung", rung.name, "--chapter"]) == 2  # the book does not have it


@pytest.fixture
def run_id(rung: Rung, engine_home: Path, open_app: OpenApp, shell: Shell) -> Iterator[str]:
    """A run of it among the app's own ones."""
    run = shell("train", "--rung", rung.name)["run"]
    yield run
    RunStore().delete(run)


def test_the_lab_shows_its_run_and_its_controls(rung: Rung, run_id: str, open_app: OpenApp) -> None:
    app = open_app(run=run_id)
    told = words(app)
    assert app.radio(key="lab_rung").value == rung.name
    assert rung.summary in told
    assert "First layer" in told
    assert ("Nothing is trained here" in told) == (not rung.is_trained)
    prefix = f"lab_{rung.name}_"
    keys = [str(widget.key) for kind in (app.select_slider, app.slider, app.number_input) for widget in kind]
    assert {key.removeprefix(prefix) for key in keys if key.startswith(prefix)} == rung.uses
    app.radio(key="lab_rung").set_value("linear-scratch").run()
    app.radio(key="lab_rung").set_value(rung.name).run()
    words(app)


@pytest.mark.parametrize("page", ["weights", "compare"])
def test_other_pages_show_it(page: str, rung: Rung, run_id: str, open_app: OpenApp) -> None:
    app = open_app(run=run_id).switch_page(f"pages/{page}.py")
    visit_of(app)[SELECTED.key] = [run_id, visit_of(app)["run"]]
    app.run()
    assert rung.title in words(app)
    run = RunStore().info(run_id)
    figure = ladder_figure({rung.name: run}, {rung.name: 1})
    assert figure["layout"]["yaxis"]["ticktext"][-1] == rung.title
    assert figure["data"][2]["y"] == [len(LADDER) - 1]


def test_inside_and_draw_explain_it_by_covering(rung: Rung, run_id: str, open_app: OpenApp) -> None:
    app = open_app(run=run_id).switch_page("pages/inside.py").run()
    told = words(app)
    assert "a patch of 4 × 4 pixels is covered" in told
    assert ("its sigmoid" in told) == rung.gives_probability
    assert "opened_cover" not in {button.key for button in app.button}  # it is shown already
    app.button(key="opened_flip").click().run()
    words(app)
    app.button(key="draw_on_it").click().run()
    app.switch_page("pages/draw.py").run()
    told = words(app)
    assert rung.title in told
    assert "a patch of 4 × 4 pixels is covered" in told
    assert ("with a logit of" in told) == (not rung.gives_probability)


def test_its_notebook_gives_its_run_again(rung: Rung, shell: Shell, kernel: object) -> None:
    run = KeptRun.of(RunStore(), shell("train", "--rung", rung.name)["run"])
    node = execute(kernel, to_notebook(run.info, run.history))
    assert accuracy(node) == run.info.accuracy
    assert ": the same" in printed(node)
    assert f"## {rung.title}\n\n{rung.summary}" in [cell.source for cell in node.cells]
    if rung.is_trained:
        assert_the_same_curve(node, run)


class Declared(TwoSums):
    """The same with its parts declared, and a method that no notebook can show."""

    name = "declared"
    lesson_page = "pixels"

    def fit(self, settings: Settings, digits: Digits, watch: Watch) -> None:
        super().fit(settings, digits, watch)

    def parts(self, settings: Settings, weights: Mapping[str, NDArray[np.float32]]) -> OneSum:
        weight, bias = weights["weight"], weights["bias"]
        return OneSum((weight[0] - weight[1]).reshape(28, 28), float(bias[0] - bias[1]))


def test_what_it_declares_is_what_explains_it(monkeypatch: pytest.MonkeyPatch, tiny: Digits) -> None:
    for rung in (TwoSums(), Declared(), LeftInk()):
        monkeypatch.setitem(LADDER, rung.name, rung)
    image = tiny.valid_images[0]

    def trained(name: str) -> tuple[Settings, Weights]:
        settings = settings_for(name)
        return settings, train(settings, tiny, lambda _: None).weights

    sums, covered = explain(*trained("declared"), image), explain(*trained("two-sums"), image)
    assert isinstance(sums, PixelShares)
    assert isinstance(covered, Occlusion)
    assert sums.for_first + sums.for_other + sums.bias == pytest.approx(sums.logit, abs=1e-5)
    assert sums.logit == pytest.approx(covered.logit)
    windows = np.lib.stride_tricks.sliding_window_view(sums.shares, (4, 4))[::2, ::2]
    np.testing.assert_allclose(covered.heat, windows.sum((2, 3)), atol=1e-4)
    assert flip(*trained("two-sums"), image).flipped
    assert not flip(*trained("left-ink"), image).flipped  # it has no gradient to go by


def test_what_cannot_stand_alone_has_no_notebook(monkeypatch: pytest.MonkeyPatch, shell: Shell) -> None:
    monkeypatch.setitem(LADDER, "declared", Declared())
    run = KeptRun.of(RunStore(), shell("train", "--rung", "declared")["run"])
    assert get_rung("declared").title == "Two sums"
    with pytest.raises(RunError, match=r"no notebook for Declared: its fit calls super\(\)\. Export its weights"):
        to_notebook(run.info, run.history)
