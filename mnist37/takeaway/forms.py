"""The forms in which a run can be taken along: what each is for, what it needs, how it is made.

Page and command line go through this table, so a new form is one entry in it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mnist37.errors import RunError
from mnist37.rungs import LADDER
from mnist37.runs import RunInfo, RunStore, weights_to_bytes
from mnist37.takeaway.bundle import to_bundle
from mnist37.takeaway.history_csv import to_csv
from mnist37.takeaway.kept_run import KeptRun
from mnist37.takeaway.notebook import refuse_own_digits, to_notebook
from mnist37.takeaway.onnx_model import to_onnx


@dataclass(frozen=True, slots=True)
class Form:
    """A kind of file that a run can become.

    Args:
        name: on the command line.
        title: on the page.
        suffix: how its files end.
        mime: its media type.
        purpose: what it is for, in one line.
        make: makes the file; called only for a run that has it.
        has: whether a run has it, told by the run and by whether it kept weights.
    """

    name: str
    title: str
    suffix: str
    mime: str
    purpose: str
    make: Callable[[KeptRun], bytes]
    has: Callable[[RunInfo, bool], bool]

    def file_name(self, run_id: str) -> str:
        """Return what the file of a run is called."""
        return f"{run_id}{self.suffix}"


def _onnx(run: KeptRun) -> bytes:
    assert run.weights is not None
    return to_onnx(run.info.settings, run.weights)


def _weights(run: KeptRun) -> bytes:
    assert run.weights is not None
    return weights_to_bytes(run.weights)


FORMS: Mapping[str, Form] = {
    form.name: form
    for form in (
        Form(
            "notebook",
            "Notebook",
            ".ipynb",
            "application/x-ipynb+json",
            "Does the same training again in Jupyter, in the chapter's own names.",
            lambda run: to_notebook(run.info, run.history).encode(),
            lambda info, _: info.settings.rung in LADDER and not info.n_own,
        ),
        Form(
            "weights",
            "Weights",
            ".safetensors",
            "application/octet-stream",
            "The trained numbers as safetensors: load them into a model of your own.",
            _weights,
            lambda _, has_weights: has_weights,
        ),
        Form(
            "onnx",
            "ONNX",
            ".onnx",
            "application/octet-stream",
            "The trained model for other programs: browsers, phones, other languages. Takes some seconds to make.",
            _onnx,
            lambda info, has_weights: has_weights and info.settings.rung in LADDER,
        ),
        Form(
            "csv",
            "History",
            ".csv",
            "text/csv",
            "Every batch and every epoch as a table, for a spreadsheet or pandas.",
            lambda run: to_csv(run.history, run.info.settings.batch_size, run.info.n_train).encode(),
            lambda info, _: info.step > 0 or info.accuracy is not None,
        ),
        Form(
            "bundle",
            "Whole run",
            ".zip",
            "application/zip",
            "All of it in one file, to be opened again here or in somebody else's mnist37.",
            to_bundle,
            lambda info, _: info.settings.rung in LADDER,
        ),
    )
}


def forms_of(info: RunInfo, *, has_weights: bool) -> list[Form]:
    """Return the forms in which this run can be taken along; none while it learns."""
    return [form for form in FORMS.values() if info.status.is_over and form.has(info, has_weights)]


def take_along(store: RunStore, run_id: str, form: Form) -> bytes:
    """Return a kept run in this form.

    Raises:
        RunNotFound: there is no such run.
        RunBroken: a file of it is damaged.
        RunError: it still learns, or it has no such form.
    """
    info = store.info(run_id)
    if not info.status.is_over:
        raise RunError(f"The run {run_id} still learns.", "Take it along when it is over, or choose another run.")
    if form.name == "notebook":
        refuse_own_digits(info)
    if form not in forms_of(info, has_weights=store.has_weights(run_id)):
        raise RunError(f"The run {run_id} has nothing to take along as {form.name}.", "Choose another run.")
    return form.make(KeptRun.of(store, run_id))
