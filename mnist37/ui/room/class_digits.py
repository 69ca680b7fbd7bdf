"""The class's digits: a test set that is never trained on by students, and training on all students but one."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from mnist37.classes import a_digit
from mnist37.engine import Engine
from mnist37.evaluation import Answers, Score
from mnist37.events import Status
from mnist37.rooms import Drawn, Room, RoomRun, Rooms
from mnist37.rungs import LADDER, settings_for
from mnist37.runs import RunInfo
from mnist37.settings import SETTINGS
from mnist37.train import predict
from mnist37.ui.answers.ask import whole_weights
from mnist37.ui.answers.histogram import confusion_table
from mnist37.ui.live.nodes import live_pictures
from mnist37.ui.live.notices import literal, notify, toasts_errors
from mnist37.ui.live.pictures import digit_picture
from mnist37.ui.room.progress import Progress, nicknames, run_or_none
from mnist37.ui.runs.run_rows import is_usable
from mnist37.ui.shell import start
from mnist37.ui.widgets.labels import scrolling
from mnist37.ui.widgets.numbers import percent
from mnist37.ui.widgets.projector import is_projected
from mnist37.ui.widgets.words import model_title

HARDEST = 12
PICTURE_PX, PROJECTED_PICTURE_PX = 64, 108
"""The second one in the projector view, which enlarges pictures as it enlarges type."""
QUICK = ("linear-scratch", "linear-torch", "linear-fastai", "simple-net")
"""The models that can be trained once for each student while a class waits."""
DIGIT_KEY = "class_digit_model"


@dataclass(frozen=True, slots=True)
class Judged:
    """A run's predictions for the class's digits.

    Args:
        who: whose run it is, as plain text.
        info: the run.
        drawn: the digits that its model knows.
        answers: its predictions for these.
    """

    who: str
    info: RunInfo
    drawn: Drawn
    answers: Answers


def judge(engine: Engine, info: RunInfo, drawn: Drawn, who: str) -> Judged | None:
    """Return a run's predictions for those of the class's digits that it knows; None if it knows none."""
    known = drawn.of_digits(info.settings.classes.digits)
    if not len(known.ids) or not is_usable(info):
        return None
    return Judged(who, info, known, _answers(info.id, tuple(known.ids.tolist()), engine, known))


@st.cache_resource(show_spinner=False, max_entries=256)
def _answers(run_id: str, ids: tuple[int, ...], _engine: Engine, _drawn: Drawn) -> Answers:  # noqa: ARG001 - a number always means the same drawing
    settings, weights = _engine.info(run_id).settings, whole_weights(_engine, run_id)
    assert weights is not None  # a usable run has weights
    classes = settings.classes
    return Answers(0, predict(settings, weights, _drawn.images).logits, classes.labels_of(_drawn.digits), classes)


def class_digits(engine: Engine, rooms: Rooms, room: Room, students: Sequence[Progress]) -> None:
    """Show the class's digits, how well each model reads them, and training without those of one student."""
    drawn = rooms.drawings(room.code)
    names = nicknames(students)
    if not len(drawn.ids):
        st.caption(
            "No digit yet. Students draw on Draw and press “Keep as …”; what they keep is a test set for all models. "
            "Digits that they take from MNIST do not count."
        )
        return
    st.markdown(counts_words(drawn, names))
    judged = all_judged(engine, students, drawn)
    if judged:
        _models(judged, names)
    else:
        st.caption("No student's model has learned yet, so nothing can read these digits.")
    leave_one_out(engine, rooms, room, drawn, names)


def counts_words(drawn: Drawn, names: dict[int, str]) -> str:
    """Return how many digits there are, of which, and of whom."""
    of_digit = {digit: int((drawn.digits == digit).sum()) for digit in sorted(set(drawn.digits.tolist()))}
    of_student = {name: int((drawn.students == student).sum()) for student, name in names.items()}
    digits = ", ".join(f"{count} × {digit}" for digit, count in of_digit.items())
    people = ", ".join(f"{literal(name)} {count}" for name, count in of_student.items() if count)
    return f"**{len(drawn.ids)} digits**: {digits}. :small[:gray[{people}]]"


def all_judged(engine: Engine, students: Sequence[Progress], drawn: Drawn) -> list[Judged]:
    """Return what each student's best run says of the class's digits, the best reader first."""
    found = []
    for one in students:
        run = one.best if one.best is not None and is_usable(one.best) else _best(one.runs)
        judged = judge(engine, run, drawn, one.student.nickname) if run is not None else None
        if judged is not None:
            found.append(judged)
    return sorted(found, key=lambda judged: -judged.answers.accuracy)


def _best(runs: Sequence[RunInfo]) -> RunInfo | None:
    return max((run for run in runs if is_usable(run)), key=lambda run: run.accuracy or 0.0, default=None)


def _models(judged: Sequence[Judged], names: dict[int, str]) -> None:
    left, right = st.columns(2, gap="medium")
    with left:
        rows = [
            (
                html.escape(one.who),
                html.escape(model_title(one.info)),
                *_score(one.answers),
                percent(one.info.accuracy or 0),
            )
            for one in judged
        ]
        head = ("of", "model", "class's digits right", "95 % interval", "MNIST's right")
        st.html(_table(head, rows))
        chosen = st.selectbox(
            "Look at the model of", range(len(judged)), format_func=lambda place: judged[place].who, key=DIGIT_KEY
        )
    with right:
        one = judged[chosen or 0]
        st.html(per_student(one, names))
        st.html(confusion_table(one.answers))
    hardest(one, names)


def _score(answers: Answers) -> tuple[str, str]:
    return f"{percent(answers.accuracy)} ({answers.score})", answers.score.interval_words


def per_student(judged: Judged, names: dict[int, str]) -> str:
    """Return HTML: how many of each student's digits a model gets right, the hardest to read first."""
    wrong = judged.answers.is_wrong()
    rows = []
    for student, name in names.items():
        own = judged.drawn.students == student
        if own.any():
            score = Score(int(wrong[own].sum()), int(own.sum()))
            rows.append(
                (score.accuracy, (html.escape(name), f"{score.n - score.wrong} of {score.n}", score.interval_words))
            )
    rows.sort(key=lambda row: row[0])
    return _table(("digits of", "right", "95 % interval"), [row for _, row in rows])


def hardest(judged: Judged, names: dict[int, str]) -> None:
    """Show the drawings with the largest loss."""
    order = judged.answers.by_loss()[:HARDEST]
    size = PROJECTED_PICTURE_PX if is_projected() else PICTURE_PX
    pictures = []
    for index in order:
        digit, said = int(judged.drawn.digits[index]), judged.answers.digit_said(index)
        name = names.get(int(judged.drawn.students[index]), "")
        words = f"{digit}, read as {said}" if digit != said else f"{digit}"
        alt = f"{a_digit(digit).capitalize()} of {name}, read as {said}"
        pictures.append(digit_picture(judged.drawn.images[index], size, f"{words}\n{name}", alt))
    st.markdown("**The hardest drawings**")
    live_pictures(pictures, key="class_hardest", alt="The hardest drawings of the class")


def leave_one_out(engine: Engine, rooms: Rooms, room: Room, drawn: Drawn, names: dict[int, str]) -> None:
    """Show the training on the digits of all students but one, and how well such a model reads that one's."""
    st.markdown("**Train on all students but one**")
    st.caption(
        "MNIST's digits and those of all other students; the one who is left out is the judge. It says whether a model "
        "reads a hand that it has never seen."
    )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        rung = st.selectbox(
            "Model", QUICK, len(QUICK) - 1, format_func=lambda name: LADDER[name].title, key="class_rung", width=260
        )
        st.button(
            "Train, once for each student",
            icon=":material/play_arrow:",
            key="class_leave_out",
            on_click=_train_all,
            args=(engine, rooms, room, rung or QUICK[-1]),
        )
    rows = left_out_rows(engine, rooms.runs(room.code), drawn, names)
    if rows:
        st.html(_table(("left out", "model", "right of the digits left out", "trained on"), rows))


@toasts_errors
def _train_all(engine: Engine, rooms: Rooms, room: Room, rung: str) -> None:
    drawn = rooms.drawings(room.code)
    settings = settings_for(rung, digits=room.settings.get("digits", SETTINGS["digits"].default))
    classes = settings.classes
    known = drawn.of_digits(classes.digits)
    students = sorted(set(known.students.tolist()))
    if len(students) < 2:
        notify(f"Two students at least must have kept {classes.one_of_them}.", "groups")
        return
    digits = start.digits(classes)
    for student in students:
        others = known.where(known.students != student)
        run_id = engine.submit(settings, digits.with_own(others.images, classes.labels_of(others.digits)))
        rooms.note_class_run(room.code, run_id, student)
    notify(f"{len(students)} runs were begun; their results appear below.", "school")


def left_out_rows(
    engine: Engine, runs: Sequence[RoomRun], drawn: Drawn, names: dict[int, str]
) -> list[tuple[str, str, str, str]]:
    """Return a row for each student who was left out: of their newest run, what it says of their digits."""
    newest = {run.left_out: run.run_id for run in runs if run.left_out is not None}
    rows = []
    for student, run_id in newest.items():
        info = run_or_none(engine, run_id)
        if info is None or student not in names:
            continue
        own = drawn.where(drawn.students == student)
        judged = judge(engine, info, own, names[student])
        result = _score(judged.answers)[0] if judged is not None else _waiting(info)
        rows.append((html.escape(names[student]), model_title(info), result, f"{info.n_train:,} digits"))
    return rows


def _waiting(info: RunInfo) -> str:
    return "waits" if info.status is Status.QUEUED else "trains" if not info.status.is_over else info.status.value


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    style = 'style="padding:.15rem .8rem .15rem 0;text-align:left;font-weight:400;vertical-align:top"'
    cells = [f"<tr>{''.join(f'<td {style}>{cell}</td>' for cell in row)}</tr>" for row in rows]
    names = "".join(f'<th {style}><span class="less">{name}</span></th>' for name in head)
    look = "font-variant-numeric:tabular-nums;border-collapse:collapse;font-size:.9rem"
    return scrolling(f'<table style="{look}"><tr>{names}</tr>{"".join(cells)}</table>', head[0])
