"""The Draw page: a stroke reruns its main part only, so that the predictions come at once."""

import streamlit as st

from mnist37.engine import Engine
from mnist37.ui.answers.answering import AnsweringRun, answering_runs, choose_answering_runs
from mnist37.ui.answers.answers_table import answers_table
from mnist37.ui.drawing.brought import offer_several
from mnist37.ui.drawing.canvas import SIDE, canvas
from mnist37.ui.drawing.own import keep_as, keep_buttons, own_digits
from mnist37.ui.drawing.sheet import sheet
from mnist37.ui.drawing.sources import sources
from mnist37.ui.drawing.stages import stages
from mnist37.ui.drawing.unlike import say_if_unlike
from mnist37.ui.explanations.why import why
from mnist37.ui.live.nodes import send_strokes_at_once
from mnist37.ui.live.notices import show_notices
from mnist37.ui.live.tick import tick
from mnist37.ui.shell import start
from mnist37.ui.shell.session import choose_one, chosen_digits, current_run, remember_drawing
from mnist37.ui.widgets.projector import heading

TICK_SECONDS = 1.0
WHY_KEY = "why_rung"


def draw() -> None:
    """Show the canvas, the models' predictions, and their input."""
    heading("Draw", "your own digit, and what each model says of it")
    draw_and_answer(start.engine())
    send_strokes_at_once()


def draw_and_answer(engine: Engine) -> None:
    """Show the canvas, the predictions, the input, and explanations; refresh while one of the models still trains."""
    tick(
        lambda: answering_runs(engine, chosen_digits()),
        _clock,
        lambda models: _draw_and_answer(engine, models),
        name="draw",
    )


def _clock(models: list[AnsweringRun]) -> float | None:
    return TICK_SECONDS if any(model.learns for model in models) else None


def _draw_and_answer(engine: Engine, models: list[AnsweringRun]) -> None:
    show_notices()
    digits = chosen_digits()
    # The canvas cannot shrink, so its width is fixed; what does not fit beside it goes below it.
    with st.container(horizontal=True, gap="medium"):
        with st.container(width=SIDE):
            st.markdown(f"**Draw {digits.classes.one_of_them}** :small[:gray[· mouse, finger, arrow keys]]")
            prepared = canvas()
            remember_drawing(engine, prepared)
            drawn = prepared if prepared is not None and not prepared.is_blank else None
            keep_buttons(keep_as(engine, digits.classes, models, drawn), enabled=drawn is not None)
        with st.container(width="stretch"):
            with st.container():  # always one element, so that the elements after it keep their place
                offer_several(drawn)
            with st.container(key="said"):
                say_if_unlike(digits, drawn)
                answers_table(engine, digits, models, drawn, sheet().before())
                choose_answering_runs(models)
            with st.container():
                stages(drawn)
    sources(engine, digits)
    model = _look_into(engine, models)
    if model is None or model.info is None:
        two = digits.classes
        them = f"{two.first}s from {two.other}s" if two.is_pair else "all ten digits apart"
        st.caption(f"No model was trained to tell {them} yet: train them above.")
    elif drawn is None:
        st.caption("Draw, and the answer is explained here.")
    else:
        why(engine, model.info.id, drawn.image, "why")
    own_digits(engine, digits, models, model)


def _look_into(engine: Engine, models: list[AnsweringRun]) -> AnsweringRun | None:
    """Choose the model whose prediction is explained; None if none was trained on these digits."""
    st.markdown("## Where the answer comes from")
    runs = {model.rung.name: model for model in models if model.info is not None}
    if not runs:
        return None
    of_run = engine.info(current_run(engine)).settings.rung
    chosen = choose_one(
        "Model to look into",
        list(runs),
        key=WHY_KEY,
        first=of_run if of_run in runs else next(iter(runs)),
        format_func=lambda name: runs[name].rung.title,
    )
    return runs[chosen]
