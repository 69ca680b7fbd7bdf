"""Runs go out and come in by the command line."""

from pathlib import Path

import nbformat
import numpy as np
import onnxruntime
import pandas as pd
import pytest
import safetensors.numpy

from mnist37.events import Status
from mnist37.runs import RunStore
from mnist37.takeaway import FORMS
from mnist37.train import predict

from .conftest import Command

TRAIN = ("train", "--epochs", 2, "--json")


@pytest.fixture
def run_id(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    return str(command(*TRAIN).result["run"])


@pytest.mark.parametrize("form", FORMS)
def test_export(form: str, command: Command, run_id: str) -> None:
    said = command("export", "last", "--as", form, "--json")
    assert (said.code, said.err) == (0, "")
    result = said.result
    path = Path(result["file"])
    assert (result["run"], result["as"]) == (run_id, form)
    assert path.name == f"{run_id}{FORMS[form].suffix}"
    assert path.stat().st_size == result["bytes"] > 0
    if form == "notebook":
        nbformat.validate(nbformat.read(path, as_version=4))
    elif form == "weights":
        assert safetensors.numpy.load_file(path)["weights"].shape == (784, 1)
    elif form == "onnx":
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        images = np.random.default_rng(0).integers(0, 256, (3, 28, 28), np.uint8)
        told = predict(RunStore().info(run_id).settings, RunStore().weights(run_id), images)
        logits, probs = session.run(["logits", "probs"], {"images": images.astype(np.float32) / 255})
        np.testing.assert_allclose(logits, told.logits, atol=1e-4)
        np.testing.assert_allclose(probs, told.probs, atol=1e-4)
    elif form == "csv":
        assert pd.read_csv(path)["step"].tolist()[-1] == 26
    else:
        assert command("import", path).code == 0


def test_nothing_is_replaced_unless_asked_for(command: Command, run_id: str, tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("mine")
    arguments = ("export", run_id, "--as", "csv", "--to", "mine.csv")
    said = command(*arguments)
    assert said.code == 1
    assert "mine.csv is there already" in said.err
    assert (tmp_path / "mine.csv").read_text() == "mine"
    assert command(*arguments, "--force").code == 0
    assert (tmp_path / "mine.csv").read_text().startswith("step,")


def test_to_a_folder_and_to_nowhere(command: Command, run_id: str, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    assert command("export", run_id, "--as", "csv", "--to", "out").code == 0
    assert (tmp_path / "out" / f"{run_id}.csv").is_file()
    said = command("export", run_id, "--as", "csv", "--to", "no/such/folder/x.csv")
    assert said.code == 1
    assert "cannot be written" in said.err


def test_import_keeps_the_run_under_a_new_id(command: Command, run_id: str) -> None:
    command("export", run_id, "--as", "bundle", "--to", "run.zip")
    said = command("import", "run.zip", "--json")
    assert said.code == 0
    result = said.result
    assert result["run"] != run_id
    before = next(run for run in command("runs", "--json").result["runs"] if run["run"] == run_id)
    assert {**before, "run": result["run"]} == result
    assert "linear-scratch: loss logistic" in command("import", "run.zip").out


@pytest.mark.parametrize("content", [b"", b"hello", None], ids=["empty", "text", "missing"])
def test_import_of_something_else(content: bytes | None, command: Command, tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    if content is not None:
        path.write_bytes(content)
    said = command("import", path, "--json")
    assert said.code == 1
    assert said.result["remedy"].startswith("Give a .zip")
    assert command("import", tmp_path).code == 1
    assert command("runs", "--json").result["runs"] == []


def test_a_run_that_learns_or_has_no_weights_says_so(command: Command, run_id: str) -> None:
    store = RunStore()
    info = store.info(run_id)
    (store.folder / run_id / "weights.safetensors").unlink()
    said = command("export", run_id, "--as", "onnx")
    assert said.code == 1
    assert "nothing to take along as onnx" in said.err
    store.write_info(info.replace(status=Status.RUNNING))
    assert "still learns" in command("export", run_id, "--as", "csv").err


@pytest.mark.parametrize(
    "arguments", [("export",), ("export", "last"), ("export", "last", "--as", "pickle"), ("import",)]
)
def test_wrong_use(arguments: tuple[str, ...], command: Command) -> None:
    assert command(*arguments).code == 2


def test_a_full_disk_leaves_what_was_there(
    command: Command, run_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.csv").write_text("mine")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        for name in ("mine.csv", "new.csv"):
            said = command("export", run_id, "--as", "csv", "--to", name, "--force")
            assert (said.code, "cannot be written (No space left on device)" in said.err) == (1, True)
    assert (tmp_path / "mine.csv").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "mine.csv"]


def test_a_pattern_names_the_file_to_import(command: Command, run_id: str) -> None:
    command("export", run_id, "--as", "bundle", "--to", "run.zip")
    assert command("import", "r*.zip", "--json").result["status"] == "finished"
