"""Exporting a run as files, which are made at a click; and importing one."""

from functools import partial

import streamlit as st

from mnist37.engine import Engine
from mnist37.errors import Mnist37Error
from mnist37.takeaway import Form, forms_of, import_bundle, take_along
from mnist37.ui.shell.classroom import note_upload
from mnist37.ui.shell.who import visitor
from mnist37.ui.visit import IMPORTED

ICONS = {
    "notebook": ":material/menu_book:",
    "weights": ":material/grid_on:",
    "onnx": ":material/deployed_code:",
    "csv": ":material/table:",
    "bundle": ":material/folder_zip:",
}

LARGEST_UPLOAD = 200
"""In MB; Streamlit holds an upload in memory."""


def take_away(engine: Engine, run_id: str) -> None:
    """Show a button for each file format of this run, and its purpose; none while the run trains."""
    forms = forms_of(engine.info(run_id), has_weights=engine.store.has_weights(run_id))
    if not forms:
        st.caption("This run can be exported when it is over.")
    for form in forms:
        button, purpose = st.columns([1, 3], vertical_alignment="center")
        with button:
            _download(engine, run_id, form)
        purpose.caption(form.purpose)


def _download(engine: Engine, run_id: str, form: Form) -> None:
    st.download_button(
        form.title,
        partial(take_along, engine.store, run_id, form),  # called at a click, in one of Streamlit's threads
        file_name=form.file_name(run_id),
        mime=form.mime,
        on_click="ignore",
        icon=ICONS.get(form.name, ":material/download:"),
        width="stretch",
        key=f"take {form.name} {run_id}",
    )


def import_run(engine: Engine) -> str | None:
    """Show the upload for an exported run.

    Returns:
        The new run's id, once for each uploaded file; None otherwise, and if the file is invalid.
    """
    given = st.file_uploader(
        "Import a run", type="zip", key="import_run", max_upload_size=LARGEST_UPLOAD, help="A whole run as a .zip."
    )
    if given is None:
        IMPORTED.clear()
        return None
    seen, problem = IMPORTED.get()
    run_id = None
    if seen != given.file_id:  # the widget keeps its file over reruns
        try:
            note_upload()
            info = import_bundle(engine.store, given.getvalue(), visitor().id, engine.make_room)
            run_id, problem = info.id, None
        except Mnist37Error as error:
            problem = f"**{error.message}** {error.remedy}"
        IMPORTED.set((given.file_id, problem))
    if problem:
        st.error(problem, icon=":material/error:")
    elif run_id is None:
        st.caption("This run was imported.")
    return run_id
