"""A notebook does again what the run did: executed by Jupyter itself, it comes to the same accuracy."""

import ast
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import numpy as np
import pytest
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient

from mnist37.classes import ALL_TEN, Classes
from mnist37.data import Digits, load_digits
from mnist37.data.npz import to_npz
from mnist37.errors import RunError
from mnist37.events import Status
from mnist37.rungs import LADDER, settings_for
from mnist37.rungs.lr_trials import fewer
from mnist37.runs import History
from mnist37.settings import Settings
from mnist37.takeaway import FORMS, KeptRun, forms_of, read_bundle, to_bundle
from mnist37.takeaway.notebook import to_notebook
from mnist37.train import Control

from ..rungs.spy import short
from .conftest import Keep

SECONDS = 300
TURNED = "turned to bright on dark"
SEP = "what it told: "

Choose = Callable[[str, Digits], tuple[Settings, Digits]]


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KernelManager]:
    """One kernel for all notebooks, so that torch and fastai are imported once; each begins with `%reset`."""
    manager = KernelManager(kernel_name="python3")
    # What other tests have imported into this process (Streamlit) must not say how Jupyter draws.
    env = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
    manager.start_kernel(cwd=str(tmp_path_factory.mktemp("notebooks")), env=env)
    yield manager
    manager.shutdown_kernel(now=True)
    manager.cleanup_resources()


def execute(kernel: KernelManager, notebook: str) -> nbformat.NotebookNode:
    node = nbformat.reads(notebook, as_version=4)
    nbformat.validate(node)
    node.cells.insert(0, nbformat.v4.new_code_cell("%reset -f"))
    if "watch = Watch(" in notebook:
        node.cells.insert(
            -1,
            nbformat.v4.new_code_cell("print('what it told: ' + str(watch.losses + list(sum(watch.epochs[-1:], ()))))"),
        )
    client = NotebookClient(node, timeout=SECONDS, km=kernel)
    try:
        client.execute()
    finally:
        client.kc.stop_channels()
    return node


def printed(node: nbformat.NotebookNode) -> str:
    return "".join(out.get("text", "") for cell in node.cells if cell.cell_type == "code" for out in cell.outputs)


def accuracy(node: nbformat.NotebookNode) -> float:
    """What the last cell's value is."""
    return float(node.cells[-1].outputs[-1]["data"]["text/plain"])


def assert_the_same_curve(node: nbformat.NotebookNode, run: KeptRun) -> None:
    """Each loss is that of the run, bit for bit (a history keeps them as float32), and the last epoch too."""
    *losses, step, valid_loss, last = ast.literal_eval(printed(node).split(SEP)[1].splitlines()[0])
    np.testing.assert_array_equal(np.array(losses, np.float32), run.history.losses())
    epoch = run.history.last_epoch()
    assert (step, valid_loss, last) == (epoch.step, epoch.valid_loss, epoch.accuracy)


def pictures(node: nbformat.NotebookNode) -> int:
    outputs = [out for cell in node.cells if cell.cell_type == "code" for out in cell.outputs]
    return sum("image/png" in out.get("data", {}) for out in outputs)


CHANGES: dict[str, dict[str, object]] = {
    "linear-scratch": {"epochs": 5, "seed": 7},
    "linear-torch": {"epochs": 5, "loss": "mnist_loss"},
    "linear-fastai": {"epochs": 3},
    "simple-net": {"epochs": 3, "hidden": 8},
    "resnet18": {"epochs": 1, "batch_size": 64},
}


@pytest.fixture
def settings_and_digits(tmp_path: Path) -> Choose:
    """What a run is asked and learns from; for the large model, which would take minutes, few digits in a file."""

    def choose(rung: str, digits: Digits) -> tuple[Settings, Digits]:
        settings = settings_for(rung, digits=str(digits.classes), **CHANGES.get(rung, {}))
        if rung != "resnet18":
            return settings, digits
        path = tmp_path / "few.npz"
        path.write_bytes(to_npz(fewer(digits, 200, settings.batch_size)))
        return settings.replace(data=str(path)), load_digits(str(path), classes=digits.classes)

    return choose


@pytest.mark.parametrize("rung", LADDER)
def test_it_comes_to_the_accuracy_of_the_run(
    rung: str, keep: Keep, embedded: Digits, settings_and_digits: Choose, kernel: KernelManager
) -> None:
    run = keep(*settings_and_digits(rung, embedded))
    node = execute(kernel, to_notebook(run.info, run.history))
    assert accuracy(node) == run.info.accuracy
    assert "the very ones of the run" in printed(node)
    assert ": the same" in printed(node)
    if rung != "pixel-similarity":
        assert_the_same_curve(node, run)
    assert pictures(node) == (2 if rung == "pixel-similarity" else 3)


@pytest.mark.parametrize("rung", ["pixel-similarity", "linear-fastai"])
def test_any_two_digits_come_to_the_accuracy_of_the_run(rung: str, keep: Keep, kernel: KernelManager) -> None:
    digits = load_digits("embedded", classes=Classes((4, 9)))
    run = keep(settings_for(rung, digits="4,9", **CHANGES.get(rung, {})), digits)
    notebook = to_notebook(run.info, run.history)
    assert "is it a 4 or a 9?" in notebook
    assert ("orange speaks for a 4, blue for a 9" in notebook) is (rung == "linear-fastai")
    node = execute(kernel, notebook)
    assert accuracy(node) == run.info.accuracy
    assert "the very ones of the run" in printed(node)


@pytest.fixture(scope="module")
def embedded_ten() -> Digits:
    return load_digits("embedded", classes=ALL_TEN)


@pytest.mark.parametrize("rung", LADDER)
def test_all_ten_digits_give_every_loss_of_the_run_again(
    rung: str, keep: Keep, embedded_ten: Digits, settings_and_digits: Choose, kernel: KernelManager
) -> None:
    run = keep(*settings_and_digits(rung, embedded_ten))
    notebook = to_notebook(run.info, run.history)
    assert "which of the ten digits is it?" in notebook
    node = execute(kernel, notebook)
    assert accuracy(node) == run.info.accuracy
    assert "the very ones of the run" in printed(node)
    if rung != "pixel-similarity":
        assert_the_same_curve(node, run)


def turn_lr(control: Control, epoch: int) -> None:
    control.set_lr(3.0 if epoch == 1 else 0.01)


def turn_batch_size(control: Control, epoch: int) -> None:
    control.set_batch_size(200)


def stop_after_two(control: Control, epoch: int) -> None:
    turn_lr(control, epoch)
    if epoch == 2:
        control.stop()


@pytest.mark.parametrize("rung", ["linear-scratch", "linear-torch", "linear-fastai"])
def test_turned_knobs_and_an_early_end_are_done_again(
    rung: str, keep: Keep, embedded: Digits, kernel: KernelManager
) -> None:
    run = keep(settings_for(rung, epochs=4), embedded, stop_after_two)
    assert run.info.status is Status.STOPPED
    assert len(run.history.lr_changes()) >= 2
    notebook = to_notebook(run.info, run.history)
    assert "The learning rate was turned while the run learned" in notebook
    node = execute(kernel, notebook)
    assert accuracy(node) == run.info.accuracy
    assert f"Ended after step {run.history.step}, as the run did" in printed(node)
    assert_the_same_curve(node, run)


@pytest.mark.parametrize("rung", ["linear-scratch", "linear-fastai"])
def test_a_run_that_was_lost_just_behind_an_epoch_keeps_that_epoch(
    rung: str, keep: Keep, embedded: Digits, kernel: KernelManager
) -> None:
    run = keep(settings_for(rung, epochs=2), embedded)
    info = run.info.replace(status=Status.FAILED, settings=run.info.settings.replace(epochs=5), reason="Killed.")
    node = execute(kernel, to_notebook(info, run.history))
    assert accuracy(node) == run.info.accuracy
    assert_the_same_curve(node, run)


@pytest.mark.parametrize("rung", ["linear-scratch", "linear-torch", "linear-fastai", "simple-net"])
def test_a_turned_batch_size_is_turned_again(rung: str, keep: Keep, embedded: Digits, kernel: KernelManager) -> None:
    run = keep(settings_for(rung, epochs=3, batch_size=100, seed=5), embedded, turn_batch_size)
    assert run.history.step == 8 + 4 + 4
    notebook = to_notebook(run.info, run.history)
    assert "The batch size was turned" in notebook
    assert_the_same_curve(execute(kernel, notebook), run)


@pytest.mark.parametrize("rung", ["linear-scratch", "linear-fastai"])
def test_a_run_that_was_stopped_before_its_first_step_says_so(
    rung: str, keep: Keep, tiny: Digits, kernel: KernelManager
) -> None:
    info = keep(short(rung), tiny).info.replace(status=Status.STOPPED, step=0, accuracy=None)
    node = execute(kernel, to_notebook(info, History()))
    assert "Ended after step 0, as the run did" in printed(node)
    assert "OTHERS than those of the run" in printed(node)
    assert "ended before its first epoch did" in node.cells[-1].source


def test_a_run_that_learned_from_drawings_is_refused(keep: Keep, tiny: Digits) -> None:
    mixed = tiny.with_own(tiny.train_images[:3], tiny.train_labels[:3])
    run = keep(short("linear-scratch"), mixed)
    with pytest.raises(RunError, match=r"3 digits that were drawn here.*whole run, or train it again without them"):
        to_notebook(run.info, run.history)
    assert FORMS["notebook"] not in forms_of(run.info, has_weights=True)
    assert FORMS["bundle"] in forms_of(run.info, has_weights=True)
    again = read_bundle(to_bundle(run)).info
    assert (again.n_own, again.valid_fingerprint) == (3, tiny.valid_fingerprint)


@pytest.mark.parametrize("rung", LADDER)
def test_it_stands_alone_and_reads_as_the_chapter(rung: str, keep: Keep, tiny: Digits) -> None:
    run = keep(short(rung), tiny)
    for data in ("embedded", "book", "mnist", "/somewhere/mnist_sample.tgz"):
        info = run.info.replace(settings=run.info.settings.replace(data=data))
        node = nbformat.reads(to_notebook(info, run.history), as_version=4)
        nbformat.validate(node)
        whole = "\n".join(cell.source for cell in node.cells if cell.cell_type == "code")
        ast.parse(whole)
        assert 0 < whole.index("OMP_WAIT_POLICY") < whole.index("import torch")  # which reads it once
        assert "import mnist37" not in whole
        assert "from mnist37" not in whole
        assert "noqa" not in whole
        assert "type: ignore" not in whole
        for function in LADDER[rung].lesson():
            assert function.__name__ in whole


@pytest.mark.parametrize("prepare", ["", "--prepare "])
def test_it_says_how_to_have_digits_that_were_changed_as_they_were_read(prepare: str, keep: Keep, tiny: Digits) -> None:
    run = keep(short("linear-scratch"), tiny)
    settings = run.info.settings.replace(data="/my digits/train.csv")
    notes = f"prepared as drawings are, {TURNED}" if prepare else TURNED
    node = nbformat.reads(
        to_notebook(run.info.replace(settings=settings, source=f"/my digits/train.csv, {notes}"), run.history),
        as_version=4,
    )
    words = "\n".join(cell.source for cell in node.cells if cell.cell_type == "markdown")
    assert f"`python -m mnist37 data --data '/my digits/train.csv' {prepare}--save digits.npz`" in words


def test_what_a_stranger_wrote_means_nothing_in_it(keep: Keep, tiny: Digits) -> None:
    run = keep(short("linear-scratch"), tiny)
    nasty = "`</code><script>alert(1)</script>\n# ![x](http://evil)\u202e"
    settings = run.info.settings.replace(data='"); import os; os.remove("x")\n#')
    info = run.info.replace(settings=settings, source=nasty, reason=nasty, status=Status.FAILED)
    node = nbformat.reads(to_notebook(info, run.history), as_version=4)
    words = "\n".join(cell.source for cell in node.cells if cell.cell_type == "markdown")
    assert "`'</code><script>alert(1)</script> # ![x](http://evil)`" in words
    calls = [
        call
        for cell in node.cells
        if cell.cell_type == "code"
        for call in ast.walk(ast.parse(cell.source))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "read_digits"
    ]
    assert [ast.literal_eval(call.args[0]) for call in calls] == [settings.data]
    assert json.loads(to_notebook(info, run.history))["nbformat"] == 4
