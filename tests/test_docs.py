"""The documents name what is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_architecture_names_every_folder() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    for folder in (path.parent.relative_to(ROOT) for path in (ROOT / "mnist37").rglob("*/__init__.py")):
        is_a_lessons_part = "lessons" in folder.parts[:-1]  # a row lists their names
        assert f"`{folder.name if is_a_lessons_part else folder.as_posix()}`" in text, folder


def test_readme_leads_with_the_two_commands() -> None:
    commands = re.findall(r"^    (\S.*)$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert [command.split("#")[0].strip() for command in commands[:2]] == ["make run", "make test"]


def test_no_placeholder_is_left() -> None:
    for document in (ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "docs" / "architecture.md"):
        assert not re.search(r"@[A-Z]+@|TODO|TBD", document.read_text(encoding="utf-8")), document.name


def test_every_file_that_the_documents_link_to_exists() -> None:
    for document in (ROOT / "README.md", ROOT / "CHANGELOG.md"):
        for link in re.findall(r"\]\((?!http)([^)]+)\)", document.read_text(encoding="utf-8")):
            assert (document.parent / link).exists(), link
