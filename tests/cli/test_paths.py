"""Names are names, whatever they look like; patterns are expanded where the shell does not."""

from pathlib import Path

import pytest
from PIL import Image

from mnist37.cli.output import Output, shown
from mnist37.cli.paths import expanded, expanded_one
from mnist37.data import Digits
from mnist37.errors import PathError, RunError
from mnist37.rungs import settings_for
from mnist37.runs import RunStore

from .conftest import Command

ODD_NAMES = ["[bold]3.png", ":smiley:.png", "a[/red].png", "[link=x]y.png", "*.png", "100%.png", "{x}.png", "\\[x].png"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("b.png", "a.png", "c.jpg", ".hidden.png", "[a].png"):
        (tmp_path / name).touch()
    return tmp_path


def test_a_pattern_is_replaced_by_what_matches(folder: Path) -> None:
    assert expanded([Path("*.png")]) == [Path("[a].png"), Path("a.png"), Path("b.png")]
    assert expanded([Path("?.png"), Path("c.jpg")]) == [Path("a.png"), Path("b.png"), Path("c.jpg")]
    assert expanded([folder / "[bc].*"]) == [folder / "b.png", folder / "c.jpg"]


def test_a_file_of_that_name_wins(folder: Path) -> None:
    assert expanded([Path("[a].png")]) == [Path("[a].png")]
    (folder / "*.png").touch()
    assert expanded([Path("*.png")]) == [Path("*.png")]


def test_what_matches_nothing_is_named(folder: Path) -> None:
    with pytest.raises(PathError, match=r"No file matches \*\.tif"):
        expanded([Path("a.png"), Path("*.tif")])
    assert expanded([Path("missing.png")]) == [Path("missing.png")]  # whoever reads it says so


def test_one_file_is_one_file(folder: Path) -> None:
    assert expanded_one(Path("*.jpg")) == Path("c.jpg")
    with pytest.raises(PathError, match=r"3 files match \*\.png"):
        expanded_one(Path("*.png"))


@pytest.mark.parametrize("name", ODD_NAMES)
def test_an_odd_name_is_shown_as_it_is(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    output = Output(as_json=False)
    output.table(("file", "digit"), [(name, "3")], title="x")
    output.say(f"{name} is blank.")
    output.error(RunError(f"{name} is odd.", "Rename it."))
    out, err = capfd.readouterr()
    assert out.count(name) == 2
    assert f"{name} is odd. Rename it." in err


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("\x1b[2J\r\n\t.png", r"\x1b[2J\r\n\t.png"),
        ("\udcff.png", r"\xff.png"),
        ("a\u202egnp.exe", r"a\u202egnp.exe"),
        ("\u2028\u2029\x85\x00", r"\u2028\u2029\x85\x00"),
        ("ä☺ 👨\u200d👩 \u0939\u093f", "ä☺ 👨\u200d👩 \u0939\u093f"),
    ],
)
def test_what_does_something_to_a_terminal_is_escaped(name: str, expected: str) -> None:
    assert shown(name) == expected


def test_predict_takes_odd_names_and_patterns(
    command: Command, embedded: Digits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    command("train", "--rung", "pixel-similarity")
    for name in ODD_NAMES:
        (tmp_path / name).parent.mkdir(exist_ok=True)  # a[/red].png lies in a folder
        Image.fromarray(255 - embedded.valid_images[0]).save(tmp_path / name)
    said = command("predict", "last", *ODD_NAMES)
    assert (said.code, said.err) == (0, "")
    assert all(any(line.strip().startswith(name) for line in said.out.splitlines()) for name in ODD_NAMES)
    (tmp_path / "*.png").unlink()
    results = command("predict", "last", "*.png", "--json").result["results"]
    assert sorted(result["file"] for result in results) == sorted(set(ODD_NAMES) - {"*.png", "a[/red].png"})
    nothing = command("predict", "last", "*.bmp", "--json")
    assert (nothing.code, nothing.result["error"]) == (1, "No file matches *.bmp, and none is called so.")


def test_the_name_of_a_run_is_listed_as_it_is(command: Command, tiny: Digits) -> None:
    store = RunStore()
    info = store.create(settings_for("linear-scratch"), tiny)
    name = "[bold]mine[/red] :smiley:"
    store.write_name(info, name)
    assert name in command("runs").out
    assert command("runs", "--json").result["runs"][0]["name"] == name


def test_an_odd_folder_of_digits_is_named(command: Command, tmp_path: Path) -> None:
    (tmp_path / "[red]x[/b]").mkdir(parents=True)
    said = command("data", "--data", tmp_path / "[red]x[/b]")
    assert (said.code, "[red]x[/b] has no digits" in said.err) == (1, True)
    assert "[/nope]" in command("predict", "[/nope]", "x.png").err
    assert "[/nope]" in command("import", "[/nope]").err
