"""Actions on the selected runs: name, delete, overlay, open. A disabled button shows the reason."""

from collections.abc import Sequence

import streamlit as st

from mnist37.engine import Engine
from mnist37.errors import Mnist37Error, RunError
from mnist37.runs import NAME_LENGTH
from mnist37.ui.runs.overlay import MAX_OVERLAID, set_overlay
from mnist37.ui.runs.run_rows import BROKEN, RunRow
from mnist37.ui.shell.session import look_at
from mnist37.ui.visit import COMPARE_NOTICE, SELECTED, TIMES_NAMED

LAB = "pages/lab.py"
NAMING, DELETING = "compare_naming", "compare_deleting"
"""Widget keys: whether Name is open, and whether Delete is open."""


def run_actions(engine: Engine, selected: Sequence[RunRow]) -> None:
    """Show the actions on the selected runs."""
    if (notice := COMPARE_NOTICE.pop()) is not None:
        st.toast(notice, icon=":material/info:", duration="long")
    _open(selected)
    _overlay(selected)
    _name(engine, selected)
    _delete(engine, selected)


def _open(selected: Sequence[RunRow]) -> None:
    refused = _not_one(selected)
    if st.button("Open in the Lab", icon=":material/science:", key="open", disabled=bool(refused), help=refused):
        look_at(selected[0].id)
        st.switch_page(LAB)


def _overlay(selected: Sequence[RunRow]) -> None:
    refused = _not_overlaid(selected)
    if st.button(
        "Overlay in the Lab",
        icon=":material/stacked_line_chart:",
        key="overlay_in_lab",
        disabled=bool(refused),
        help=refused or "Their curves lie over the one that you look at there.",
    ):
        set_overlay(row.id for row in selected)
        st.switch_page(LAB)


def _name(engine: Engine, selected: Sequence[RunRow]) -> None:
    refused = _not_one(selected) or str(engine.not_yours(selected[0].id) or "")
    # Another popover after each Save, so that it closes for good: a browser can miss the message to close the same one.
    naming_key = f"{NAMING}-{TIMES_NAMED.get()}"
    with st.popover(
        "Name", icon=":material/edit:", key=naming_key, on_change="rerun", disabled=bool(refused), help=refused
    ) as naming:
        if not naming.open or refused:
            return
        row = selected[0]
        key = f"compare_name_{row.id}"
        with st.form("compare_name_form", border=False):
            st.text_input("Name of this run", row.name, max_chars=NAME_LENGTH, key=key, placeholder="no name")
            st.form_submit_button("Save", type="primary", on_click=_rename, args=(engine, row.id, key))


def _rename(engine: Engine, run_id: str, key: str) -> None:
    TIMES_NAMED.set(TIMES_NAMED.get() + 1)
    try:
        engine.rename(run_id, st.session_state[key])
    except Mnist37Error as error:
        COMPARE_NOTICE.set(str(error))


def _delete(engine: Engine, selected: Sequence[RunRow]) -> None:
    own = [row for row in selected if not engine.not_yours(row.id)]
    refused = "" if selected else "Select one run or more in the table first."
    if selected and not own:
        refused = str(engine.not_yours(selected[0].id))
    with st.popover(
        "Delete", icon=":material/delete:", key=DELETING, on_change="rerun", disabled=bool(refused), help=refused
    ) as deleting:
        if not deleting.open or refused:
            return
        over = [row.id for row in own if not engine.trains(row.id)]
        if len(own) < len(selected):
            st.markdown(f"{_runs(len(selected) - len(own))} not yours: only its owner or the host may delete it.")
        if len(over) < len(own):
            st.markdown(f"{_runs(len(own) - len(over))} still training. Stop it in the Lab first.")
        if over:
            st.markdown(f"**Delete {_count(len(over))}** for everybody who uses this server, with curves and weights?")
            st.button(
                f"Delete {_count(len(over))} for good",
                type="primary",
                key="compare_delete",
                on_click=_delete_all,
                args=(engine, over),
            )


def _delete_all(engine: Engine, ids: Sequence[str]) -> None:
    st.session_state[DELETING] = False
    SELECTED.set([kept for kept in SELECTED.get() if kept not in ids])
    failed: list[RunError] = []
    for run_id in ids:
        try:
            engine.delete(run_id)
        except RunError as error:
            failed.append(error)
    deleted = f"Deleted {_count(len(ids) - len(failed))}."
    COMPARE_NOTICE.set(" ".join([deleted, *(str(error) for error in failed[:1])]))


def _not_one(selected: Sequence[RunRow]) -> str:
    if len(selected) != 1:
        return "Select one run in the table first." if not selected else "Select one run only."
    return "This run is broken; it can only be deleted." if selected[0].status == BROKEN else ""


def _not_overlaid(selected: Sequence[RunRow]) -> str:
    if not 1 <= len(selected) <= MAX_OVERLAID:
        return f"Select one to {MAX_OVERLAID} runs in the table first."
    return "A broken run has no curve." if any(row.status == BROKEN for row in selected) else ""


def _count(number: int) -> str:
    return "1 run" if number == 1 else f"{number} runs"


def _runs(number: int) -> str:
    return "1 run is" if number == 1 else f"{number} runs are"
