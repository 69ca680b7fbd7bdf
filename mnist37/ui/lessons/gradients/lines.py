"""Lesson 3: the lines of code behind a gradient, each run by a button, and the state after each."""

import streamlit as st

from mnist37.lessons.gradients import LINES, Moment, run_lines
from mnist37.ui.lessons.gradients.choice import Choice, x_slider
from mnist37.ui.visit import GRADIENT_LINES
from mnist37.ui.widgets.labels import scrolling

FIRST = ("x.requires_grad_()", "y = f(x)", "y.backward()")
MAX_LINES = 14

EXPLAINED = {
    "no y yet": "Compute y = f(x) first.",
    "does not require grad": (
        "y has no record of where it came from, as x did not ask for one when y was computed. "
        "Press x.requires_grad_(), then y = f(x) once more."
    ),
    "second time": "backward() used the record up. Compute y = f(x) once more: that makes a new one.",
    "nothing to set to 0": "A gradient comes with the first backward().",
}


def lines_of_code(choice: Choice) -> None:
    """Show a button for each line of code, and a table of the state after each line."""
    ran = _ran()
    left, right = st.columns([1, 2], gap="large")
    with left:
        x = x_slider(choice)
        for line in LINES:
            st.button(
                line,
                key=f"gradients_{line}",
                on_click=_run,
                args=(line,),
                disabled=len(ran) >= MAX_LINES,
                width="stretch",
            )
        st.button(
            "Start over", icon=":material/restart_alt:", key="gradients_over", on_click=_start_over, type="tertiary"
        )
    moments = run_lines(choice.f, x, ran)
    with right:
        st.html(moments_table(moments))
        _explain(moments)


def _ran() -> list[str]:
    ran = GRADIENT_LINES.get()
    return list(FIRST) if ran is None else ran


def _run(line: str) -> None:
    GRADIENT_LINES.set([*_ran(), line])


def _start_over() -> None:
    GRADIENT_LINES.set([])


def _explain(moments: list[Moment]) -> None:
    """Explain the effect of the last line."""
    last = moments[-1]
    if last.error:
        why = next(words for sign, words in EXPLAINED.items() if sign in last.error)
        st.warning(f"torch says: *{last.error}*. {why}", icon=":material/info:")
    elif len(moments) > 1:
        st.info(_effect(moments[-2], last), icon=":material/arrow_right:")
    if len(moments) > MAX_LINES:
        st.caption(f"{MAX_LINES} lines are enough: start over.")


def _effect(before: Moment, after: Moment) -> str:
    """Return a sentence on the difference between two successive states."""
    match after.line:
        case "x.requires_grad_()":
            return "From now on, torch records every operation that x goes into."
        case "y = f(x)" if after.grad_fn:
            return f"y is {after.y:.4g}, and its grad_fn, {after.grad_fn}, remembers how it came from x."
        case "y = f(x)":
            return f"y is {after.y:.4g}, but nothing was recorded: x does not require a gradient."
        case "y.backward()":
            slope = (after.grad or 0) - (before.grad or 0)
            was = "there was none before" if before.grad is None else f"it was {before.grad:.4g} before"
            added = f"It was **added** to x.grad ({was})"
            return f"The slope of y at x is {slope:.4g}. {added}: now it is **{after.grad:.4g}**."
        case _:
            return "x.grad is 0 again, so that the next backward() starts anew."


def moments_table(moments: list[Moment]) -> str:
    """Return HTML of the state at first and after each line; the last row is marked."""
    css = (
        ".moments{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}"
        ".moments td,.moments th{padding:.22rem .6rem;text-align:left;white-space:nowrap;font-weight:400}"
        ".moments th{font-size:.85rem} .moments tr{border-bottom:1px solid rgb(122 134 153/.3)}"
        ".moments tr:last-child{background:rgb(79 70 229/.14)} .moments .bad code{text-decoration:line-through}"
        ".moments td:nth-child(2){font-weight:700} .moments code{font-size:.85rem}"
    )
    head = "".join(f'<th class="less">{name}</th>' for name in ("line", "x.grad", "y", "y.grad_fn", "x.requires_grad"))
    body = "".join(_row(moment) for moment in moments)
    table = f'<table class="moments"><tr>{head}</tr>{body}</table>'
    return f"<style>{css}</style>{scrolling(table, 'How things stood after each line')}"


def _row(moment: Moment) -> str:
    kind = ' class="bad"' if moment.error else ""
    cells = (
        f"<code>{moment.line}</code>{' ✗' if moment.error else ''}",
        "None" if moment.grad is None else f"{moment.grad:.4g}",
        "–" if moment.y is None else f"{moment.y:.4g}",
        moment.grad_fn or "None" if moment.y is not None else "–",
        str(moment.tracked),
    )
    return f"<tr{kind}>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
