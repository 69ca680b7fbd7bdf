"""The class's runs while they train: one chart of all curves, a wall of weights, and a table of results."""

import html
from collections import Counter
from collections.abc import Callable, Sequence
from urllib.parse import quote

import streamlit as st

from mnist37.engine import Engine
from mnist37.evaluation import Score
from mnist37.events import Epoch
from mnist37.rooms import BREAK, Room, Task
from mnist37.rungs import get_rung
from mnist37.ui.live.nodes import Figure, Picture, choose_picture, live_figure, live_pictures
from mnist37.ui.room.progress import Progress, State, ranked, traced
from mnist37.ui.runs.overlaid_curves import LEGEND_BELOW, SYMBOLS
from mnist37.ui.widgets.colours import RUN_COLOURS
from mnist37.ui.widgets.labels import scrolling
from mnist37.ui.widgets.numbers import percent
from mnist37.ui.widgets.projector import is_projected
from mnist37.ui.widgets.words import model_title, settings_words

CHART_HEIGHT, PROJECTED_CHART_HEIGHT = 340, 270
PICTURE_PX, PROJECTED_PICTURE_PX = 84, 142
"""The second ones in the projector view, which enlarges figures and pictures as it enlarges type."""
MAX_NAMED = 16
"""With more curves, a legend would take the room; pointing at a curve names it."""
SHOW, REFUSE, LOOK = "show", "refuse", "look"
"""What a button of the table does: show the run on the projector, ask for another nickname, look at the run."""


def summary(students: Sequence[Progress]) -> str:
    """Return how many students there are, and what they do, as a sentence."""
    counts = Counter(one.state for one in students)
    parts = [f"{count} {_verb(state, count)}" for state in State if (count := counts[state])]
    joined = "1 student" if len(students) == 1 else f"{len(students)} students"
    return " · ".join([joined, *parts])


def _verb(state: State, count: int) -> str:
    if count == 1:
        return str(state)
    return {
        State.NOT_STARTED: "have not started",
        State.TRAINS: "train",
        State.STUCK: "are stuck",
        State.HAS_RESULT: "have a result",
    }[state]


def chart(engine: Engine, students: Sequence[Progress], *, loss: bool = False) -> None:
    """Draw the curve of each student's run: accuracy, or loss, on the validation digits over epochs."""
    live_figure(
        curves_figure(engine, students, loss=loss),
        key="class_chart",
        height=PROJECTED_CHART_HEIGHT if is_projected() else CHART_HEIGHT,
        alt=f"The {'loss' if loss else 'accuracy'} of each student's run over epochs",
    )


def curves_figure(engine: Engine, students: Sequence[Progress], *, loss: bool = False) -> Figure:
    """Return the figure of `chart`."""
    data = []
    for place, one in enumerate(students):
        epochs = traced(engine, one.shown).epochs if one.shown is not None else ()
        if epochs:
            data.append(_curve(one.student.nickname, place, epochs, loss=loss))
    title = f"{'Loss' if loss else 'Accuracy'} on the validation digits"
    last = max((curve["x"][-1] for curve in data), default=1)
    layout = {
        "title": {"text": title},
        "margin": {"t": 46},
        "xaxis": {"title": {"text": "epoch"}, "range": [0, max(1, last) * 1.03]},
        "yaxis": {"rangemode": "tozero"} if loss else {"ticksuffix": " %"},
        "showlegend": 0 < len(data) <= MAX_NAMED,
        "legend": LEGEND_BELOW,
        "hovermode": "closest",
        "uirevision": title,
    }
    return {"data": data, "layout": layout}


def _curve(nickname: str, place: int, epochs: Sequence[Epoch], *, loss: bool) -> Figure:
    name, colour = html.escape(nickname), RUN_COLOURS[place % len(RUN_COLOURS)]
    values = [epoch.valid_loss if loss else 100 * epoch.accuracy for epoch in epochs]
    return {
        "name": name,
        "x": [epoch.epoch for epoch in epochs],
        "y": values,
        "mode": "lines+markers",
        "line": {"color": colour, "width": 2.2},
        "marker": {"size": 6, "color": colour, "symbol": SYMBOLS[place // len(RUN_COLOURS) % len(SYMBOLS)]},
        "hovertemplate": f"{name}: %{{y:.4f}}" if loss else f"{name}: %{{y:.2f}} %",
    }


def wall(engine: Engine, students: Sequence[Progress], on_choice: Callable[[str], None] | None = None) -> None:
    """Show a small picture of each student's weights; with `on_choice`, a click passes on the run's id."""
    shown, alt_of_all = [], "The weights of each student's run"
    size = PROJECTED_PICTURE_PX if is_projected() else PICTURE_PX
    for one in students:
        if one.shown is not None and (png := traced(engine, one.shown).picture) is not None:
            alt = f"The weights of {one.student.nickname}: {model_title(one.shown)}"
            shown.append(Picture(png, one.student.nickname, alt, size, one.shown.id))
    if shown and on_choice is not None:
        choose_picture(shown, on_choice, key="class_wall", alt=alt_of_all)
    elif shown:
        live_pictures(shown, key="projected_wall", alt=alt_of_all)
    else:
        st.caption("The first layer of each student's model appears here once it learns.")


def board_html(students: Sequence[Progress], room: Room, *, buttons: bool = True) -> str:
    """Return HTML of the table: a row for each student, the best first.

    Args:
        students: their progress.
        room: the room.
        buttons: whether each row has buttons, for `choose_in_html`.
    """
    head = ["place", "student", "state", "model", "settings", _result_title(room.task), "95 % interval", "runs"]
    cells = "".join(f"<th>{title}</th>" for title in head)
    rows = "".join(_row(place, one, room, buttons) for place, one in enumerate(ranked(students, room.task), start=1))
    table = f'<table class="mnist37-board"><tr>{cells}</tr>{rows}</table>'
    return LOOK_OF_BOARD + scrolling(table, "The class")


LOOK_OF_BOARD = """<style>
.mnist37-board { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem; width: 100%; }
.mnist37-board :is(th, td) { padding: .2rem .7rem .2rem 0; text-align: left; border: none;
  border-bottom: 1px solid #8883; font-weight: 400; vertical-align: top; }
.mnist37-board th { opacity: .75; }
.mnist37-board button { border: 1px solid #8886; border-radius: .4rem; background: none; color: inherit; font: inherit;
  font-size: .8rem; padding: 0 .4rem; cursor: pointer; }
.mnist37-board .stuck { color: #d6417f; }
</style>"""


def _result_title(task: Task) -> str:
    return "step" if task.kind == BREAK else "accuracy"


def _row(place: int, one: Progress, room: Room, buttons: bool) -> str:
    run = one.best or one.shown
    refused = " <small>(asked for another name)</small>" if one.student.is_refused else ""
    name = html.escape(one.student.nickname) + refused
    state = f'<span class="stuck" title="{html.escape(one.why)}">{one.state}: {html.escape(one.why)}</span>'
    cells = [
        f"{place}." if one.best is not None else "",
        f"<b>{name}</b>",
        state if one.why else str(one.state),
        "" if run is None else get_rung(run.settings.rung).title,
        "" if run is None else html.escape(settings_words(run)),
        *_result(one, room.task),
        str(len(one.runs)),
    ]
    if buttons:
        cells.append(_buttons(one))
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _result(one: Progress, task: Task) -> tuple[str, str]:
    run = one.best or one.shown
    if run is None:
        return "", ""
    if task.kind == BREAK:
        return (f"{run.step:,}" if one.best else ""), ""
    if run.accuracy is None or not run.n_valid:
        return "", ""
    return percent(run.accuracy), Score.of(run.accuracy, run.n_valid).interval_words


def _buttons(one: Progress) -> str:
    name = html.escape(one.student.nickname)
    found = []
    if one.shown is not None:
        found.append(_button(SHOW, one.shown.id, "Show", f"Show the run of {name} on the projector"))
        found.append(_button(LOOK, one.shown.id, "Lab", f"Open the run of {name} in the Lab"))
    if not one.student.is_refused:
        found.append(_button(REFUSE, str(one.student.id), "Other name", f"Ask {name} for another nickname"))
    return " ".join(found)


def _button(what: str, of: str, words: str, label: str) -> str:
    return f'<button type="button" data-value="{what}:{quote(of)}" aria-label="{label}">{words}</button>'
