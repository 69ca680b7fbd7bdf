"""Names on pages are shown as they are."""

import re

import pytest

from mnist37.data import Imported, Refused
from mnist37.errors import DataNotFound
from mnist37.ui.drawing.own import LISTED_SINGLY, NAMED_TOGETHER, _import_words
from mnist37.ui.live.notices import error_words, literal


@pytest.mark.parametrize(
    "text", ["[bold]3.png", "a[/red].png", "<b>x</b>.png", "**x**", "`x`", "$x$", "![x](http://y)", ":red[x]", "a~~b~~"]
)
def test_markup_is_escaped(text: str) -> None:
    shown = literal(text)
    assert re.sub(r"\\(.)", r"\1", shown) == text
    assert not re.search(r"(?<!\\)[\[\]<>`$*]", shown)


def test_emoji_codes_and_lines_are_no_markup() -> None:
    assert literal(":smiley:.png") == ":\u2060smiley:.png"
    assert literal("a:b.png") == "a:b.png"
    assert literal("a\nb\x1b.png") == "a b .png"


def test_an_error_shows_the_name_that_it_is_about() -> None:
    assert error_words(DataNotFound("[x] is gone.", "Give *.")) == r"**\[x\] is gone.** Give \*."


def refused(n: int, why: str = "it is no picture") -> tuple[Refused, ...]:
    return tuple(Refused(f"3/{at}.txt", why) for at in range(n))


def test_each_file_that_was_not_taken_is_named_with_its_reason() -> None:
    told = _import_words(Imported(("3/a.png",), (*refused(2), Refused("b.png", "nothing is drawn on it"))))
    assert told.startswith("1 digits were taken. 3 files were not:")
    assert told.splitlines()[2:] == [
        "- 3/0.txt: it is no picture", "- 3/1.txt: it is no picture", "- b.png: nothing is drawn on it"
    ]  # fmt: skip
    assert _import_words(Imported(("3/a.png",), ())) == "1 digits were taken."


def test_many_are_named_together() -> None:
    told = _import_words(Imported((), (*refused(LISTED_SINGLY + 5), *refused(2, "it is too large"))))
    assert "it is no picture (13): 3/0.txt, 3/1.txt" in told
    assert f"3/{NAMED_TOGETHER - 1}.txt and 1 more" in told
    assert "- it is too large (2): 3/0.txt, 3/1.txt" in told
