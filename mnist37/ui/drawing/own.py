"""A visitor's own digits: labelled drawings of any digit, the models' results on theirs, and training with them."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from mnist37.classes import Classes, a_digit
from mnist37.data import READABLE_LIST, Digits, Imported, OwnDigits, OwnSet, Prepared
from mnist37.engine import Engine
from mnist37.errors import DataError, OwnSetError
from mnist37.runs import RunInfo
from mnist37.ui.answers.answering import AnsweringRun, choose_answering
from mnist37.ui.answers.ask import ask, right_on
from mnist37.ui.answers.gallery import SIZE
from mnist37.ui.drawing.brought import go_on_offering
from mnist37.ui.drawing.sheet import lay_digit, sheet
from mnist37.ui.live.nodes import choose_picture
from mnist37.ui.live.notices import error_words, literal, notify, toasts_errors
from mnist37.ui.live.pictures import digit_picture
from mnist37.ui.runs.run_rows import is_usable
from mnist37.ui.shell.address import in_address, write_address
from mnist37.ui.shell.classroom import note_drawing, note_set, note_upload
from mnist37.ui.shell.link import OWN
from mnist37.ui.shell.session import chosen_source, train
from mnist37.ui.visit import OWN_CHOSEN, OWN_REFUSAL, OWN_REFUSED, OWN_SET

OTHER_KEY = "keep_other"
LISTED_SINGLY, NAMED_TOGETHER = 8, 12
"""Refused files: up to the first number they are listed one by one; else up to the second are named per reason."""

NOTHING_YET = (
    "Draw {} and keep it with the buttons below the canvas: you see how well the models read your writing, and "
    "can train with it. Your digits are never mixed into the validation digits."
)


def own_set() -> OwnSet | None:
    """Return this visitor's set; None before a digit was kept."""
    known = OWN_SET.get() or in_address(OWN)
    if not known:
        return None
    try:
        found = OwnSet(str(known))
    except OwnSetError as error:
        notify(error_words(error), "link_off")
        write_address({OWN: None})
        return None
    _remember(found)
    return found


def _new_set() -> OwnSet:
    note_set()
    return OwnSet.new()


def _remember(own: OwnSet) -> None:
    OWN_SET.set(own.id)
    write_address({OWN: own.id})


def with_own_of(info: RunInfo, digits: Digits) -> Digits:
    """Return the digits of a run that was trained with own digits, too.

    Raises:
        OwnSetError: the set is another visitor's, or has changed since.
    """
    own = own_set()
    kept = _kept(own) if own is not None else None
    mixed = digits.with_own(*kept.of(digits.classes)) if kept is not None else digits
    if mixed.fingerprint != info.fingerprint:
        raise OwnSetError(
            "This run learned from a set of own digits too, and that set has changed or is somebody else's.",
            "Train with your set on the Draw page.",
        )
    return mixed


def keep_as(
    engine: Engine, classes: Classes, models: Sequence[AnsweringRun], drawn: Prepared | None
) -> tuple[int, ...]:
    """Return the digits that a drawing most likely is.

    Args:
        engine: gives the runs.
        classes: the current digits.
        models: the run that answers for each rung.
        drawn: the drawing; None if nothing is drawn.

    Returns:
        The current two; of ten the one that the best of the models says and its runner-up, or none before it does.
    """
    if classes.is_pair:
        return classes.digits
    runs = [model.info for model in models if model.info is not None and is_usable(model.info)]
    if drawn is None or not runs:
        return ()
    best = max(runs, key=lambda info: info.accuracy or 0.0)
    answer = ask(engine, best.id, drawn.image)
    return () if answer is None else answer.order[:2]


def keep_buttons(digits: Sequence[int], *, enabled: bool) -> None:
    """Show buttons below the canvas that label the drawing and keep it; the canvas is then cleared.

    Args:
        digits: these have a button each; the others are in a menu.
        enabled: whether there is a drawing.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):  # all on one line
        for digit in digits:
            st.button(
                f"Keep as {a_digit(digit)}",
                key=f"keep_{digit}",
                disabled=not enabled,
                on_click=_keep,
                args=(digit,),
                help="Into a set of your own: see below how the models do on it, and train with it. "
                "Then the canvas is clear for the next one.",
            )
        st.menu_button(
            "Other" if digits else "Keep as",
            [digit for digit in range(10) if digit not in digits],
            key=OTHER_KEY,
            type="tertiary",
            format_func=lambda digit: f"Keep as {a_digit(digit)}",
            disabled=not enabled,
            on_click=_keep_other,
            help="Keep it as another digit, for models that know that one." if digits else "Into a set of your own.",
        )


def _keep_other() -> None:
    _keep(st.session_state[OTHER_KEY])


@toasts_errors
def _keep(digit: int) -> None:
    drawn = sheet().prepared()  # the current one: a stroke may have come since the button was drawn
    if drawn is None or drawn.is_blank:
        return
    own = own_set() or _new_set()
    own.add(drawn.image, digit)
    _remember(own)
    is_for_class = not sheet().now.is_taken and note_drawing(drawn.image, digit)
    go_on_offering()
    sheet().clear()
    kept = f"Kept as {a_digit(digit)}{', also for your class' if is_for_class else ''}."
    words = f"{kept} The canvas is clear for the next one; Undo brings this one back."
    notify(words, "bookmark_added")


def _kept(own: OwnSet) -> OwnDigits:
    """Return the digits of the set; its files, up to a thousand, are read only when it changes, not at every stroke."""
    return _read(own.id, tuple(own.names()))


@st.cache_resource(show_spinner=False, max_entries=32)
def _read(own_id: str, names: tuple[str, ...]) -> OwnDigits:  # noqa: ARG001 - a name always means the same digit
    return OwnSet(own_id).read()


def own_digits(engine: Engine, digits: Digits, models: list[AnsweringRun], model: AnsweringRun | None) -> None:
    """Show the set, each model's result on its digits, and what can be done with it.

    Args:
        engine: gives the runs.
        digits: the current digits.
        models: the run that answers for each rung.
        model: the one to train anew with the set; None if none was trained.
    """
    st.markdown("## Your own digits")
    own = own_set()
    kept = _kept(own) if own is not None else None
    with st.container():  # always one element, so that what is opened below it stays open
        if own is None or kept is None or not kept.names:
            st.caption(NOTHING_YET.format(digits.classes.one_of_them))
        else:
            _set(engine, models, digits.classes, own, kept)
    if refused := OWN_REFUSED.get():
        st.warning(refused, icon=":material/upload:")
    with st.container(horizontal=True, gap="small"):
        with st.popover("Import digits", icon=":material/upload:"):
            st.file_uploader("A .zip with pictures in folders 0 to 9", key="own_import", on_change=_bring_in)
            st.caption(f"A picture holds one digit. These kinds are read: {READABLE_LIST}.")
            if refusal := OWN_REFUSAL.get():
                st.error(refusal, icon=":material/error:")
        if own is not None and kept is not None and kept.names:
            packed = _packed(own.id, kept.names)
            st.download_button(
                "As PNG folders", packed, "my-digits.zip", "application/zip", icon=":material/download:", key="own_zip"
            )
            if model is not None:
                _train_button(engine, digits, model, kept)


def _set(engine: Engine, models: list[AnsweringRun], classes: Classes, own: OwnSet, kept: OwnDigits) -> None:
    for notice in kept.notices:
        st.warning(notice)
    st.markdown(_score(engine, models, classes, kept))
    _gallery(own, kept)


def _score(engine: Engine, models: list[AnsweringRun], classes: Classes, kept: OwnDigits) -> str:
    """Return how many of the visitor's own digits of these classes each model gets right, and how many are others."""
    images, labels = kept.of(classes)
    count, others = len(labels), len(kept.names) - len(labels)
    if not count:
        return f"Your digits: {others}. None is {classes.one_of_them}, and these models know no others."
    results = []
    for model in models:
        right = right_on(engine, model.info.id, images, labels) if model.info is not None else None
        if right is not None:
            doubt = " (it learned nothing)" if model.is_chance else ""
            results.append(f"{model.rung.title} **{right} of {count}**{doubt}")
    both = _both(classes)
    words = f"Right of your {both}: " + " · ".join(results) if results else f"Your {both}: {count}"
    if not others:
        return words
    return f"{words} :small[:gray[· and {others} other{'s' * (others > 1)}, which these models do not know]]"


def _both(classes: Classes) -> str:
    return f"{classes.first}s and {classes.other}s" if classes.is_pair else "digits"


def _gallery(own: OwnSet, kept: OwnDigits) -> None:
    pictures = [
        digit_picture(image, SIZE, a_digit(digit), f"Your {digit}", name)
        for name, image, digit in zip(kept.names, kept.images, kept.digits.tolist(), strict=True)
    ]
    chosen = OWN_CHOSEN.get()
    choose_picture(pictures, _choose, key="own_digits", alt="Your own digits", chosen=chosen)
    if chosen in kept.names:
        image = kept.images[kept.names.index(chosen)]
        with st.container(horizontal=True, gap="small"):
            st.button("Put on the canvas", key="own_lay", on_click=lay_digit, args=(np.array(image),))
            st.button("Remove", icon=":material/delete:", key="own_remove", on_click=_remove, args=(own, chosen))


@st.cache_data(show_spinner=False, max_entries=8)
def _packed(own_id: str, names: tuple[str, ...]) -> bytes:  # noqa: ARG001 - a name always means the same digit
    return OwnSet(own_id).to_zip()


def _choose(name: str) -> None:
    OWN_CHOSEN.set(name)


@toasts_errors
def _remove(own: OwnSet, name: str) -> None:
    own.remove(name)
    OWN_CHOSEN.clear()


def _train_button(engine: Engine, digits: Digits, model: AnsweringRun, kept: OwnDigits) -> None:
    has_some = len(kept.of(digits.classes)[1]) > 0
    st.button(
        f"Train {model.rung.title} with your {_both(digits.classes)}",
        icon=":material/play_arrow:",
        key="own_train",
        disabled=not has_some,
        on_click=_train,
        args=(engine, digits, model, kept),
        help="The same settings once more, with yours after the others to train on. The Lab shows how it learns."
        if has_some
        else f"None of your digits is {digits.classes.one_of_them}: keep one first.",
    )


@toasts_errors
def _train(engine: Engine, digits: Digits, model: AnsweringRun, kept: OwnDigits) -> None:
    assert model.info is not None  # only a model with a run can be chosen
    run_id = train(engine, model.info.settings.replace(data=chosen_source()), digits.with_own(*kept.of(digits.classes)))
    # The visitor who trains it here wants its answers, whatever its accuracy on the validation digits.
    choose_answering(model.rung.name, run_id)
    words = f"{model.rung.title} learns with your {_both(digits.classes)} now, and answers here."
    notify(f"{words} The Lab shows how it learns.", "school")


@toasts_errors
def _bring_in() -> None:
    file = st.session_state["own_import"]
    OWN_REFUSAL.clear()
    if file is None:
        return
    note_upload()
    own = own_set() or _new_set()
    try:
        brought = own.import_zip(file.getvalue())
    except DataError as error:
        OWN_REFUSAL.set(f"**{error.message}** {error.remedy}")
        raise
    _remember(own)
    OWN_REFUSED.set(_import_words(brought) if brought.refused else "")
    if not brought.refused:
        notify(_import_words(brought), "upload")


def _import_words(brought: Imported) -> str:
    """Return how many digits were taken, and each refused file with its reason; many with one reason are grouped."""
    words = f"{len(brought.taken)} digits were taken."
    if not brought.refused:
        return words
    if len(brought.refused) <= LISTED_SINGLY:
        lines = [f"{literal(refused.name)}: {refused.why}" for refused in brought.refused]
    else:
        names: dict[str, list[str]] = {}
        for refused in brought.refused:
            names.setdefault(refused.why, []).append(literal(refused.name))
        lines = [f"{why} ({len(found)}): {_named(found)}" for why, found in names.items()]
    return f"{words} {len(brought.refused)} files were not:\n" + "".join(f"\n- {line}" for line in lines)


def _named(names: list[str]) -> str:
    shown = ", ".join(names[:NAMED_TOGETHER])
    return f"{shown} and {len(names) - NAMED_TOGETHER} more" if len(names) > NAMED_TOGETHER else shown
