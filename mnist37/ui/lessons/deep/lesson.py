"""Lesson 9: one epoch of ResNet-18 live, its parts and their shapes, and the one cycle of its learning rate."""

from collections.abc import Callable, Mapping

import streamlit as st

from mnist37.data import source_name
from mnist37.engine import Engine
from mnist37.lessons.deep import Part, n_params, one_cycle, parts
from mnist37.rungs import LADDER, settings_for
from mnist37.rungs.resnet18 import fit_vision_learner
from mnist37.settings import Settings
from mnist37.ui.lessons.deep.epoch import cycle_figure, one_epoch
from mnist37.ui.lessons.shared.data import is_large
from mnist37.ui.lessons.shared.frame import Closing, TryIt, choose_view
from mnist37.ui.lessons.shared.question import Question
from mnist37.ui.live.nodes import live_figure
from mnist37.ui.live.notices import says_errors
from mnist37.ui.shell import start
from mnist37.ui.shell.session import keep

PEAK = "deep_peak"
PEAKS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3)
STAGE_4 = 7
"""Index of the last convolutional stage in `parts()`."""
CYCLE = "One cycle"


def deep() -> Closing:
    """Show the chosen view and return how the lesson ends."""
    engine, settings = start.engine(), _settings()
    view = choose_view("deep_view", tuple(_PARTS))
    _PARTS[view](engine, settings)
    values = {name: getattr(settings, name) for name in ("lr", "batch_size", "epochs")}
    code = (one_cycle,) if view == CYCLE else (fit_vision_learner,)
    return Closing(code, _question(), TryIt("ResNet-18, one epoch", "resnet18", values))


def _settings() -> Settings:
    """Return the chapter's settings for one epoch; a small data set gets smaller batches, to have enough steps."""
    lr, batch_size = (0.1, 64) if is_large() else (0.01, 16)
    return settings_for("resnet18", data=source_name(), lr=lr, batch_size=batch_size, epochs=1, seed=0)


def _question() -> Question:
    first, last = parts()[0].shape, parts()[STAGE_4].shape
    right = _size(last)
    sizes = ("14 × 14", "7 × 7", "4 × 4", "1 × 1")
    return Question(
        "How large are the pictures that come out of the last convolutions?",
        sizes if right in sizes else (*sizes, right),
        right,
        f"Yes: {_size(first)} after the first convolution, {_size(last)} at the end, but {last[0]} of them: "
        "the pictures get smaller, and there are more of them.",
        "Look at “Layers and shapes”: height and width stand behind the number of pictures.",
    )


def _size(shape: tuple[int, ...]) -> str:
    return " × ".join(str(edge) for edge in shape[1:])


def _layers(engine: Engine, settings: Settings) -> None:  # noqa: ARG001
    """Show a table of the parts, and the number of weights of each rung."""
    table, words = st.columns([2, 1], gap="large")
    with table:
        st.markdown(
            "\n".join(["| part | out of it | weights | layers |", "| --- | --- | ---: | ---: |", *map(_row, parts())])
        )
    with words:
        convolutions = sum(part.n_layers for part in parts()[: STAGE_4 + 1])
        linear = sum(part.n_layers for part in parts()[STAGE_4 + 1 :])
        st.markdown(
            f"**{convolutions} convolutions and {linear} linear layers**, one after the other. The net is called 18 "
            f"because the original ends with one linear layer; fastai's head has {linear}."
        )
        st.markdown("\n".join(["| model | weights |", "| --- | ---: |", *map(_weights, LADDER)]))
        st.caption("A block adds its input to its output, so that gradients reach the first layers.")


def _row(part: Part) -> str:
    shape = " × ".join(map(str, part.shape))
    return f"| {part.what} | {shape} | {f'{part.n_params:,}' if part.n_params else ''} | {part.n_layers or ''} |"


def _weights(rung: str) -> str:
    return f"| {LADDER[rung].title} | {n_params(rung):,} |"


@st.fragment
@says_errors
def _cycle(engine: Engine, settings: Settings) -> None:  # noqa: ARG001
    """Show the learning rate and the momentum over one training, for a peak that the visitor chooses."""
    peak = st.select_slider(
        "Peak of the learning rate", PEAKS, keep(PEAK, settings.lr), key=PEAK, format_func="{:g}".format
    )
    first, highest, last = (one_cycle(peak, share)[0] for share in (0.0, 0.25, 1.0))
    live_figure(cycle_figure(peak), key="cycle", height=330, alt="Learning rate and momentum over the training")
    st.markdown(
        f"The rate starts at **{first:.2g}**, is **{highest:.2g}** after a quarter of the steps, and ends at "
        f"**{last:.1g}**. Low at first, as random weights have large, unsteady gradients; high in the middle, to learn "
        "fast; low at the end, to converge. The momentum goes the other way."
    )


_PARTS: Mapping[str, Callable[[Engine, Settings], None]] = {
    "One epoch": one_epoch,
    "Layers and shapes": _layers,
    CYCLE: _cycle,
}
