"""Lesson 10: the vocabulary, each word with a link to try it, and a self-test of 22 questions."""

from collections.abc import Callable, Mapping

import streamlit as st

from mnist37.lessons.words.vocabulary import TERMS, Term, look_up
from mnist37.rungs import LADDER, settings_for
from mnist37.ui.lessons.shared.frame import Closing, TryIt, choose_view
from mnist37.ui.lessons.shared.question import Question
from mnist37.ui.lessons.words.self_test import self_test
from mnist37.ui.shell.link import read_link
from mnist37.ui.shell.session import keep, lab_parameters
from mnist37.ui.shell.who import is_phone

SEARCH = "words_search"


def words() -> Closing:
    """Show the chosen part and return how the lesson ends."""
    _PARTS[choose_view("words_view", tuple(_PARTS))]()
    chapter = LADDER["simple-net"].chapter[-1].settings
    return Closing((look_up,), _question(), TryIt("the chapter's net", "simple-net", chapter))


def _question() -> Question:
    return Question(
        "Which word is meant: a number that the model computes, as opposed to one that it learned?",
        ("parameter", "activation", "gradient"),
        "activation",
        "Yes: parameters are learned, activations are computed with them from a digit.",
        "Look for “computes”.",
    )


def _vocabulary() -> None:
    """Show a search box, and the words that it finds."""
    keep(SEARCH, "")
    text = st.text_input("Look for a word", key=SEARCH, placeholder="gradient, lr, overfitting …", max_chars=60)
    found = look_up(text)
    st.caption(f"{len(found)} of {len(TERMS)} words" if text else f"{len(TERMS)} words, from A to Z")
    if not found:
        st.info(
            f"No word has all of that. Try a part of it, or look through all {len(TERMS)}.", icon=":material/search:"
        )
    columns = [st.container()] if is_phone() else st.columns(2, gap="large")
    ordered = found if text else sorted(found, key=lambda term: term.word.casefold())
    per_column = -(-len(ordered) // len(columns))
    for place, term in enumerate(ordered):
        with columns[place // per_column]:
            _term(term)


def _term(term: Term) -> None:
    with st.container(gap=None, key=f"word_{TERMS.index(term)}"):
        st.markdown(f"**{term.word}** · {term.means}")
        label = f"Try it: {term.touch}"
        st.page_link(f"pages/{term.page}.py", label=label, icon=":material/touch_app:", query_params=_opens_with(term))


def _opens_with(term: Term) -> dict[str, str] | None:
    """Return the parameters of a link that opens the Lab with what the term asks for."""
    linked = read_link(term.parameters)
    return None if linked.rung is None else lab_parameters(settings_for(linked.rung, **linked.values))


_PARTS: Mapping[str, Callable[[], None]] = {"The words": _vocabulary, "Test yourself": self_test}
