"""The documents name what is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_architecture_has_a_line_for_every_file_and_for_no_other() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    for layer in (path.parent for path in (ROOT / "mnist37").rglob("*/__init__.py")):
        name = layer.relative_to(ROOT).as_posix()
        section = re.search(rf"### `{name}`.*?\n(.*?)(?=\n###|\n\nIn |\Z)", text, re.DOTALL)
        assert section, name
        told = re.findall(r"^- `(\w+\.py)`: ", section.group(1), re.MULTILINE)
        assert sorted(told) == sorted(path.name for path in layer.glob("*.py"))
    for path in (ROOT / "mnist37").glob("*.py"):
        assert f"`mnist37/{path.name}`" in text
    for path in (ROOT / "app_pages").glob("*.py"):
        assert f"`app_pages/{path.name}`" in text


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
