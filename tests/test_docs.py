"""The documents name what is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = [*ROOT.glob("*.md"), *sorted((ROOT / "docs").rglob("*.md"))]
TESTS = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))


def test_architecture_names_every_folder() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    for folder in (path.parent.relative_to(ROOT) for path in (ROOT / "mnist37").rglob("*/__init__.py")):
        is_a_lessons_part = "lessons" in folder.parts[:-1]  # a row lists their names
        assert f"`{folder.name if is_a_lessons_part else folder.as_posix()}`" in text, folder


def test_architecture_is_short() -> None:
    assert len((ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").splitlines()) <= 150


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    text = (folder / "README.md").read_text(encoding="utf-8")
    assert {path.name for path in folder.glob("*.md")} == {"README.md", *re.findall(r"\]\((\w[\w-]*\.md)\)", text)}


def test_readme_leads_with_the_two_commands() -> None:
    commands = re.findall(r"^    (\S.*)$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert [command.split("#")[0].strip() for command in commands[:2]] == ["make run", "make test"]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_placeholder_is_left(document: Path) -> None:
    assert not re.search(r"@[A-Z]+@|TODO|TBD", document.read_text(encoding="utf-8"))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_file_that_the_documents_link_to_exists(document: Path) -> None:
    for link in re.findall(r"\]\((?!http)([^)#]+)", document.read_text(encoding="utf-8")):
        assert (document.parent / link).exists(), link


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_path_and_test_that_the_documents_name_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    for path in re.findall(r"`((?:benchmarks|docs|mnist37|pages|tests)/[\w./]*\w)", text):
        assert "NAME" in path or (ROOT / path).exists(), path
    for test in re.findall(r"`(?:[\w/.]+::)?(test_\w+)`", text):
        assert f"def {test}(" in TESTS, test
