"""Lesson 7: one model as four programs, their loss curves in one figure, and a comparison line by line."""

import html
from collections.abc import Callable, Mapping
from functools import lru_cache

import streamlit as st

from mnist37.data import source_name
from mnist37.engine import Engine
from mnist37.lessons.shared.listen import Listener, listen
from mnist37.lessons.to_fastai import PLACES, PROGRAMS, Program, fit_with_sgd, line, source
from mnist37.rungs import LADDER, settings_for
from mnist37.rungs.linear_fastai import fit_learner
from mnist37.rungs.linear_torch import BasicOptim
from mnist37.settings import Settings
from mnist37.ui.lessons.shared.data import is_large
from mnist37.ui.lessons.shared.frame import Closing, TryIt, choose_view
from mnist37.ui.lessons.shared.lesson_run import lesson_run, train_button
from mnist37.ui.lessons.shared.question import Question
from mnist37.ui.lessons.to_fastai.figures import losses_figure, recorder_figure
from mnist37.ui.live.nodes import live_figure
from mnist37.ui.runs.choose_run import follow, until_over
from mnist37.ui.shell import start
from mnist37.ui.widgets.labels import scrolling

TICK_SECONDS = 0.5
PROGRAM_VIEW, LINES, OPTIMIZERS, RECORDER = "Four programs", "Line by line", "BasicOptim and SGD", "The Recorder"
SAME = "Each name is a function that an earlier lesson showed."
_TABLE_LOOK = """<style>
.lines { border-collapse: collapse; font-size: .85rem; }
.lines :is(th, td) { text-align: left; vertical-align: top; padding: .45rem .7rem; border-bottom: 1px solid #8884; }
.lines code { font-size: .8rem; white-space: pre-wrap; overflow-wrap: anywhere; }
.lines td { min-width: 11rem; }
</style>"""


def to_fastai() -> Closing:
    """Show the chosen part and return how the lesson ends."""
    engine = start.engine()
    _PARTS[choose_view("to_fastai_view", tuple(_PARTS))](engine)
    return Closing((fit_learner,), _question(), TryIt("linear, with fastai", "linear-fastai", _values()))


def _values() -> dict[str, float | str]:
    """Return the chapter's settings, with a batch size that suits the current digits."""
    return {"lr": 1.0, "batch_size": 256 if is_large() else 64, "epochs": 10, "loss": "mnist_loss", "seed": 0}


def _settings(rung: str) -> Settings:
    return settings_for(rung, data=source_name(), **_values())


def _question() -> Question:
    scratch, sgd = _ours()[0].losses, _ours()[2].losses
    apart = max(abs(one - other) for one, other in zip(scratch, sgd, strict=True))
    return Question(
        "What does a model learn better with nn.Linear and SGD than from scratch?",
        ("It needs fewer steps", "Nothing: it does the same steps", "Its last loss is lower"),
        "Nothing: it does the same steps",
        f"Yes: over {len(sgd)} steps the two losses are at most {apart:.1g} apart. Only the code got shorter.",
        "Look at the curves of the four programs: can you tell them apart?",
    )


def _ours() -> tuple[Listener, ...]:
    """Return the results of the three programs without fastai, run once for all visitors."""
    return _run_ours(start.digits().fingerprint)


@lru_cache(maxsize=1)
def _run_ours(fingerprint: str) -> tuple[Listener, ...]:  # noqa: ARG001 - the cache key
    fits = (LADDER["linear-scratch"].fit, LADDER["linear-torch"].fit, fit_with_sgd)
    return tuple(listen(fit, _settings("linear-torch"), start.digits()) for fit in fits)


def _programs(engine: Engine) -> None:
    """Show the chosen program's code, and the curves of all."""
    left, right = st.columns([1.1, 1], gap="large")
    with left:
        name = choose_view("to_fastai_program", tuple(program.name for program in PROGRAMS))
        chosen = next(program for program in PROGRAMS if program.name == name)
        code = "\n\n".join(map(source, chosen.code))
        st.code(code, language="python", height=470)
        st.caption(f"{len(code.splitlines())} lines. {SAME}")
    with right:
        _with_learner(engine, _curves)


def _with_learner(engine: Engine, show: Callable[[Engine, str], None]) -> None:
    """Show what needs the run of fastai's Learner, with a button that starts it if there is none."""
    run_id = lesson_run(engine, _settings("linear-fastai"))
    if run_id is None:
        train_button(engine, _settings("linear-fastai"), "Train it with fastai's Learner, too")
        show(engine, "")
    else:
        follow(engine, run_id, show, until_over(TICK_SECONDS), is_current=False)


def _curves(engine: Engine, run_id: str) -> None:
    """Show the losses of the programs that ran, and the largest difference between them."""
    losses = [listener.losses for listener in _ours()]
    learner = engine.history(run_id).losses().tolist() if run_id else []
    if learner:
        losses.append(learner)
    names = [program.name for program in PROGRAMS]
    figure = losses_figure(dict(zip(names, losses, strict=False)))
    live_figure(figure, key="to_fastai_losses", height=380, alt="The loss of each mini-batch: all programs on one line")
    apart = max(abs(a - b) for one in losses for a, b in zip(losses[0], one, strict=False))
    difference = (
        f"They are never more than **{apart:.1g}** apart." if apart else "Every loss is **exactly the same number**."
    )
    st.markdown(f"{'Four' if learner else 'Three'} curves, one line. {difference}")
    if run_id and len(learner) < len(losses[0]):
        st.caption("fastai's Learner is on its way: a worker has to be free, and has to import fastai once.")


def _line_by_line(engine: Engine) -> None:  # noqa: ARG001
    """Show a table with a row for each task and a column for each program."""
    head = "".join(f"<th>{html.escape(program.name)}</th>" for program in PROGRAMS)
    rows = "".join(
        f"<tr><th>{place}</th>{''.join(_cell(program, number) for program in PROGRAMS)}</tr>"
        for number, place in enumerate(PLACES)
    )
    table = f'<table class="lines"><tr><td></td>{head}</tr>{rows}</table>'
    st.html(scrolling(table, "The four programs line by line") + _TABLE_LOOK)
    st.caption("Each line is read from the file that runs, fastai's from fastai's own.")


def _cell(program: Program, number: int) -> str:
    code, begins = program.lines[number]
    where = code if isinstance(code, str) else code.__qualname__
    source_line = f"<code>{html.escape(line(code, begins))}</code>"
    return f'<td>{source_line}<br><small class="less">in {html.escape(where)}</small></td>'


def _optimizers(engine: Engine) -> None:  # noqa: ARG001
    """Show our optimizer and fastai's."""
    ours, theirs = st.columns(2, gap="large")
    with ours:
        st.markdown("**BasicOptim** :small[:gray[· ours]]")
        st.code(source(BasicOptim), language="python")
    with theirs:
        st.markdown("**SGD** :small[:gray[· fastai's, from its file]]")
        st.code("\n\n".join(map(source, ("optimizer.sgd_step", "optimizer.SGD"))), language="python")
    step = line("optimizer.sgd_step", "p.data")
    st.markdown(f"The step is the same line: `{step}`. What else SGD can do is switched off.")


def _recorder(engine: Engine) -> None:
    """Show the contents of `learn.recorder.values`."""
    _with_learner(engine, _recorded)


def _recorded(engine: Engine, run_id: str) -> None:
    epochs = engine.history(run_id).epochs() if run_id else []
    if not epochs:
        st.info("The Recorder's values appear here, a row an epoch, when the Learner has run.", icon=":material/info:")
        return
    left, right = st.columns([1.4, 1], gap="large")
    with left:
        live_figure(recorder_figure(epochs), key="recorder", height=360, alt="Valid loss and accuracy over epochs")
    with right:
        st.markdown("`learn.recorder.values`")
        values = [{"epoch": e.epoch, "valid_loss": e.valid_loss, "batch_accuracy": e.accuracy} for e in epochs]
        st.dataframe(values, hide_index=True, height=360)


_PARTS: Mapping[str, Callable[[Engine], None]] = {
    PROGRAM_VIEW: _programs,
    LINES: _line_by_line,
    OPTIMIZERS: _optimizers,
    RECORDER: _recorder,
}
