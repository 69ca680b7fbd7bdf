"""Digits that a visitor need not draw: ten of the validation digits, a hard one, a photo, a pasted picture."""

from collections.abc import Callable, Iterator

import numpy as np
import streamlit as st

from mnist37.classes import a_digit
from mnist37.data import READABLE_LIST, Digits
from mnist37.engine import Engine
from mnist37.ui.answers.answering import answering_runs
from mnist37.ui.answers.ask import answers
from mnist37.ui.drawing.brought import bring, brought, forget, show_brought
from mnist37.ui.drawing.sheet import lay_digit
from mnist37.ui.live.nodes import choose_picture, on_paste
from mnist37.ui.live.notices import notify
from mnist37.ui.live.pictures import digit_picture
from mnist37.ui.visit import HARD_TURN, SAMPLES_TURN

SHOWN, SIZE = 10, 52


def sources(engine: Engine, digits: Digits) -> None:
    """Show what can be put on the sheet instead of drawing."""
    st.markdown("**Or take one** :small[:gray[· of the digits that no model learned from; draw on, or erase]]")
    turn = SAMPLES_TURN.get()
    words = {index: a_digit(digits.classes.digit(digits.valid_labels[index])) for index in _sample(digits, turn)}
    pictures = [
        digit_picture(digits.valid_images[index], SIZE, alt=f"Take {word}", value=str(index))
        for index, word in words.items()
    ]
    choose_picture(pictures, _take(digits), key="samples", alt="Digits to take")
    with st.container(horizontal=True, gap="small"):
        st.button("Others", icon=":material/casino:", key="other_samples", on_click=_next_samples)
        st.button(
            "A hard one",
            icon=":material/psychology_alt:",
            key="hard_one",
            on_click=_take_hard_one,
            args=(engine, digits),
            help="A validation digit that at least one of the models here gets wrong.",
        )
    st.file_uploader(
        "A photo or scan · or paste one, anywhere on this page",
        key="photo",
        on_change=_take_photo,
        help="Dark on bright or bright on dark. A phone offers its camera here.",
    )
    st.caption(f"These kinds are read: {READABLE_LIST}. A picture may hold several digits.")
    with st.container(key="photo_said"):
        show_brought()
    on_paste(_take_pasted, key="paste")


def _sample(digits: Digits, turn: int) -> list[int]:
    """Return ten validation digits, as many of each class, others at each turn."""
    rng = np.random.default_rng(turn)
    by_label = [np.flatnonzero(digits.valid_labels == label) for label in digits.classes.labels.values()]
    picked = [index for found in by_label for index in rng.permutation(found)[: SHOWN // len(by_label)]]
    return [int(index) for index in rng.permutation(picked)]


def _next_samples() -> None:
    SAMPLES_TURN.set(SAMPLES_TURN.get() + 1)


def _take(digits: Digits) -> Callable[[str], None]:
    def take(value: str) -> None:
        forget()
        lay_digit(digits.valid_images[int(value)])

    return take


def _take_hard_one(engine: Engine, digits: Digits) -> None:
    """Take the next of the digits that a model gets wrong."""
    wrong = list(_hard_ones(engine, digits))
    if not wrong:
        notify("The models here get every validation digit right. Train one for fewer epochs.", "sentiment_satisfied")
        return
    turn = HARD_TURN.get()
    HARD_TURN.set(turn + 1)
    index, who = wrong[turn % len(wrong)]
    forget()
    lay_digit(digits.valid_images[index])
    word = a_digit(digits.classes.digit(digits.valid_labels[index]))
    notify(f"It is {word}. Wrong here: {', '.join(who)}.", "psychology_alt")


def _hard_ones(engine: Engine, digits: Digits) -> Iterator[tuple[int, list[str]]]:
    """Return the validation digits that a model gets wrong, each with these models; most models first."""
    wrong: dict[int, list[str]] = {}
    for model in answering_runs(engine, digits):
        if model.info is None or model.is_chance:  # one that learned nothing gets most digits wrong
            continue
        predictions = answers(engine, model.info.id, digits)
        for index in predictions.mistakes() if predictions is not None else ():
            wrong.setdefault(index, []).append(model.rung.title)
    yield from sorted(wrong.items(), key=lambda item: -len(item[1]))


def _take_photo() -> None:
    photo = st.session_state["photo"]
    if photo is None:
        brought().refusal = ""
    else:
        bring(photo.getvalue())


def _take_pasted(data: bytes) -> None:
    bring(data)
    if brought().refusal:  # it is shown below the uploader, which may be off the screen at a paste
        notify(brought().refusal, "error")
