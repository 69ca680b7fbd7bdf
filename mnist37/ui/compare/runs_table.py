"""The table of runs: filters above it, a click on a header to sort, and rows to select."""

from collections.abc import Mapping, Sequence
from typing import Any
from zlib import crc32

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mnist37.evaluation import Score
from mnist37.rungs import LADDER
from mnist37.settings import SETTINGS, DigitsChoice, Setting
from mnist37.ui.runs.run_rows import STATUSES, Filters, RunRow
from mnist37.ui.shell.session import keep
from mnist37.ui.shell.who import is_phone
from mnist37.ui.visit import SELECTED, SELECTED_AT_FIRST
from mnist37.ui.widgets.clock import visitor_zone
from mnist37.ui.widgets.projector import scaled
from mnist37.ui.widgets.words import INTERVAL_HELP

ROWS_AT_MOST, ROW_PX = 6, 35
CLEARED: Mapping[str, Any] = {"compare_models": [], "compare_statuses": [], "compare_text": "", "compare_same": False}


def filters(fingerprints: Sequence[str]) -> Filters:
    """Show the filters and return the chosen ones.

    Args:
        fingerprints: of the digits at hand.
    """
    chosen = {key: keep(key, cleared) for key, cleared in CLEARED.items()}
    with _room_for_filters(), st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(width="stretch"):
            models, statuses, text = st.columns([2.2, 1.8, 1.8])
        titles = [rung.title for rung in LADDER.values()]
        models.multiselect("Models", titles, chosen["compare_models"], key="compare_models", placeholder="All models")
        statuses.multiselect(
            "Status", STATUSES, chosen["compare_statuses"], key="compare_statuses", placeholder="Any status"
        )
        text.text_input(
            "Search", chosen["compare_text"], key="compare_text", placeholder="a name, lr 0.1, seed 7 …", max_chars=200
        )
        st.toggle(
            "These digits only",
            chosen["compare_same"],
            key="compare_same",
            width="content",
            help="The digits that this app has now: accuracies compare only when they are measured on the same ones.",
        )
    models_chosen, statuses_chosen, words, same_digits = chosen.values()
    return Filters(models_chosen, statuses_chosen, words, fingerprints if same_digits else ())


def clear_filters() -> None:
    """Show all runs again."""
    st.session_state.update(CLEARED)


def _room_for_filters() -> DeltaGenerator:
    """Return a container for the filters; on a phone it folds, as it would push the runs far down the page."""
    return st.expander("Filters", icon=":material/filter_list:") if is_phone() else st.container()


def runs_table(rows: Sequence[RunRow]) -> list[str]:
    """Show the runs, and return the selected ones.

    Returns:
        The ids of the selected runs, in the order of `rows`.
    """
    ids = [row.id for row in rows]
    selected = set(SELECTED.get())
    positions = [place for place, run_id in enumerate(ids) if run_id in selected]
    # The browser tells a selection by its rows' places. Where other runs stand in them, it is another table, which is
    # told what was selected: so no click can ever mean a run that was not there.
    key = f"compare_runs_{crc32(repr(ids).encode()):x}"
    if key not in st.session_state:  # later the table knows by itself; another default would undo a click on its way
        SELECTED_AT_FIRST.set(positions)
    st.dataframe(
        table(rows),
        key=key,
        height=scaled(ROW_PX) * (min(len(rows), ROWS_AT_MOST) + 1) + 2,
        hide_index=True,
        placeholder="–",
        column_config=_columns(),
        on_select=lambda: _remember(key, ids),
        selection_mode="multi-row",
        selection_default={"selection": {"rows": SELECTED_AT_FIRST.get()}},
    )
    return [ids[place] for place in positions]


def _remember(key: str, ids: Sequence[str]) -> None:
    SELECTED.set([ids[place] for place in st.session_state[key]["selection"]["rows"]])


def table(rows: Sequence[RunRow]) -> pd.DataFrame:
    """Return the rows as a table to show; empty columns are left out."""
    columns: dict[str, list[Any]] = {
        "name": [row.name or None for row in rows],
        "model": [row.model or row.id for row in rows],
        "accuracy": [None if row.accuracy is None else 100 * row.accuracy for row in rows],
        "errors": [row.errors for row in rows],
        "n_valid": [row.n_valid for row in rows],
        "interval": [_interval(row) for row in rows],
        "train_accuracy": [None if row.train_accuracy is None else 100 * row.train_accuracy for row in rows],
        **{name: [_shown(setting, row.settings.get(name)) for row in rows] for name, setting in SETTINGS.items()},
        "seconds": [row.seconds for row in rows],
        "steps": [row.steps for row in rows],
        "status": [row.status for row in rows],
        "created": [None if row.created is None else pd.Timestamp(row.created, unit="s", tz="UTC") for row in rows],
        "note": [row.note or None for row in rows],
    }
    filled = {name: values for name, values in columns.items() if any(value is not None for value in values)}
    return pd.DataFrame(filled).convert_dtypes()


def _shown(setting: Setting, value: Any) -> Any:
    """Return a setting's value as the table shows it: digits as pages call them, all else as it is."""
    return setting.titles.get(value, value) if isinstance(setting, DigitsChoice) else value


def _interval(row: RunRow) -> str | None:
    if row.errors is None or not row.n_valid:
        return None
    return Score(row.errors, row.n_valid).interval_words


def _columns() -> dict[str, Any]:
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    return {
        "name": text("name", width="medium"),
        "model": text("model", width=scaled(190)),
        "accuracy": number("accuracy", format="%.2f %%", help="On the validation digits, after the last epoch."),
        "errors": number("errors", help="Validation digits classified wrongly."),
        "n_valid": number("of", help="How many validation digits there are."),
        "interval": text("95 % interval", help=INTERVAL_HELP),
        "train_accuracy": number(
            "train accuracy",
            format="%.2f %%",
            help="On the training digits. Far above the accuracy, the model learned its training digits by heart.",
        ),
        **{name: _setting_column(setting) for name, setting in SETTINGS.items()},
        "seconds": number("seconds", format="%.2f", help="Spent training, pauses left out."),
        "steps": number("steps", format="localized"),
        "status": text("status"),
        "created": st.column_config.DatetimeColumn("when", format="YYYY-MM-DD HH:mm:ss", timezone=str(visitor_zone())),
        "note": text("note", width="large"),
    }


def _setting_column(setting: Setting) -> Any:
    about = setting.column_help or None
    if setting.kind is str:
        return st.column_config.TextColumn(setting.short, help=about)
    return st.column_config.NumberColumn(setting.short, format="%d" if setting.kind is int else "%g", help=about)
