"""The chapter's words can be found, and each leads to a page that there is."""

import string
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from mnist37.lessons.words.vocabulary import TERMS, look_up

ROOT = Path(__file__).parents[3]


def test_every_word_is_told_once_and_leads_to_a_page() -> None:
    assert len({term.word for term in TERMS}) == len(TERMS) > 60
    for term in TERMS:
        assert term.means.endswith(".")
        assert term.touch
        assert (ROOT / "pages" / f"{term.page}.py").exists(), term


def test_a_word_is_found_by_its_name_its_other_names_and_its_meaning() -> None:
    assert look_up("RELU")[0].word in {"ReLU", "dead unit"}
    assert "learning rate" in [term.word for term in look_up("lr")]
    assert "RMSE" in [term.word for term in look_up("root mean")]
    assert [term.word for term in look_up("between 0 and 1")] == ["sigmoid"]
    assert look_up("") == list(TERMS)
    assert look_up("no such word") == []


def test_what_is_named_so_comes_before_what_mentions_it() -> None:
    words = [term.word for term in look_up("gradient")]
    assert words[:2] == ["gradient", "gradient descent"]
    assert "autograd" in words[2:]


@given(st.text(string.printable, max_size=60))
def test_any_text_may_be_looked_up(text: str) -> None:
    assert set(look_up(text)) <= set(TERMS)
