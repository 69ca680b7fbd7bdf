"""`torch.where` on a few digits: its inputs, and which of two numbers it picks."""

import base64
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from mnist37.lessons.loss import Line
from mnist37.ui.widgets.colours import FIRST, OTHER, grey_png
from mnist37.ui.widgets.labels import scrolling
from mnist37.ui.widgets.words import digit_word

SHOWN = 5
CELL = "padding:.2rem .55rem;text-align:right"


def chosen_digits(line: Line, which: str) -> list[int]:
    """Return the indices of five digits of the mini-batch: the first, the least sure or the most wrong, at step 0."""
    towards = (line.preds(0.0) * (2 * line.yb - 1)).squeeze(1)  # above 0 where it is right
    order = {
        "the first": torch.arange(len(towards)),
        "the least sure": towards.abs().argsort(),
        "the most wrong": towards.argsort(),
    }
    return [int(index) for index in order[which][:SHOWN]]


def where_table(line: Line, step: float, shown: Sequence[int], *, squashed: bool) -> str:
    """Return HTML: for each digit its target, its prediction, both numbers and the one that is picked."""
    raw = line.preds(step).squeeze(1)
    preds = raw.sigmoid() if squashed else raw
    words = ("target", "raw output", *(["sigmoid"] if squashed else []), "1 − preds", "preds")
    head = "".join(f'<th scope="col" style="{CELL};font-weight:600">{word}</th>' for word in words)
    rows = ""
    for index in shown:
        ink, is_3 = line.xb[index].reshape(28, 28).float().numpy(), bool(line.yb[index] == 1)
        rows += _row(ink, raw[index].item(), preds[index].item(), is_3=is_3, squashed=squashed)
    style = "font-variant-numeric:tabular-nums;border-collapse:collapse;font-size:.92rem"
    return scrolling(f'<table style="{style}"><tr><td></td>{head}</tr>{rows}</table>', "torch.where")


def _row(ink: NDArray[np.float32], raw: float, pred: float, *, is_3: bool, squashed: bool) -> str:
    numbers = [("1" if is_3 else "0"), _short(raw), *([_short(pred)] if squashed else [])]
    plain = "".join(f'<td style="{CELL}">{text}</td>' for text in numbers)
    both = _cell(1 - pred, FIRST, is_picked=is_3) + _cell(pred, OTHER, is_picked=not is_3)
    return f"<tr><td>{_picture(ink, is_3=is_3)}</td>{plain}{both}</tr>"


def _cell(value: float, colour: str, *, is_picked: bool) -> str:
    look = f"font-weight:700;box-shadow:inset 0 0 0 2px {colour}" if is_picked else "opacity:.75"
    mark = "" if is_picked else ' aria-label="not picked"'
    return f'<td style="{CELL};{look}"{mark}>{_short(value)}</td>'


def _picture(ink: NDArray[np.float32], *, is_3: bool) -> str:
    source = base64.b64encode(grey_png((ink * 255).round().astype(np.uint8))).decode()
    look = "width:36px;height:36px;image-rendering:pixelated;display:block;margin:.1rem 0"
    return f'<img alt="a {digit_word(is_3)}" style="{look}" src="data:image/png;base64,{source}">'


def _short(value: float) -> str:
    return f"{value:.3f}".replace("-", "−")
