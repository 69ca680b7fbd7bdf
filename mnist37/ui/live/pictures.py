"""A model's first layer and the digits as rows of pictures, ready to be shown."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from mnist37.classes import Classes, a_digit
from mnist37.events import Snapshot
from mnist37.rungs import get_rung
from mnist37.settings import Settings
from mnist37.ui.live.nodes import Picture
from mnist37.ui.widgets.colours import diverging_pngs, grey_png, scale_css, shared_limit
from mnist37.ui.widgets.numbers import short_number

SIZES = ((1, 420), (2, 224), (12, 112), (40, 84), (10_000, 64))
"""Maximum number of pictures, and the size in px that they are then shown at."""


GAP = 8
"""Between two pictures, in px."""


def row_width(count: int, size_px: int) -> int:
    """Return the width of a row of pictures, in px."""
    return count * size_px + (count - 1) * GAP


def size_for(count: int) -> int:
    """Return the size in px that each of `count` pictures is shown at."""
    return next(size for most, size in SIZES if count <= most)


@lru_cache(maxsize=8)  # for the runs on show; a wide layer and its pictures are some 5 MB
def first_layer_pictures(
    settings: Settings, snapshot: Snapshot, size_px: int | None = None, *, captions: bool = True
) -> tuple[Picture, ...]:
    """Return pictures of the first layer's weights, on one symmetric scale; made once for all visitors.

    Args:
        settings: the run's settings.
        snapshot: weights of the run.
        size_px: longer edge on the screen; None for a size that depends on the number of pictures.
        captions: whether each hidden unit has a caption with its class and its weight in the second layer.

    Returns:
        A picture for each unit, or for each of ten digits; mean digits in greys if the rung's look says so.
    """
    rung, classes = get_rung(settings.rung), settings.classes
    layer = rung.first_layer(snapshot.weights)
    size, is_one_a_digit = size_px or size_for(len(layer)), rung.look.is_one_a_digit(classes)
    if rung.look.are_means:
        greys = (layer * 255).round().astype(np.uint8)
        shown = [mean_picture(grey, digit, size) for grey, digit in zip(greys, sorted(classes.digits), strict=True)]
    else:
        votes = rung.unit_votes(snapshot.weights) if snapshot.is_whole and captions else None
        names = [f"of {a_digit(digit)}" for digit in classes.digits] if is_one_a_digit else _unit_names(len(layer))
        made = zip(
            diverging_pngs(layer, shared_limit(layer)),
            unit_captions(votes, len(layer), classes),
            _alts(layer, names),
            strict=True,
        )
        shown = [Picture(png, caption, alt, size) for png, caption, alt in made]
    if is_one_a_digit:
        shown = [replace(picture, caption=str(digit)) for picture, digit in zip(shown, classes.digits, strict=True)]
    return tuple(shown)


def weights_limit(settings: Settings, snapshot: Snapshot) -> float:
    """Return the absolute value that has the strongest colours in `first_layer_pictures`."""
    return shared_limit(get_rung(settings.rung).first_layer(snapshot.weights))


def scale_bar(limit: float) -> str:
    """Return HTML of the pictures' common scale, from -limit to limit, readable without its colours."""
    ends = f"<span>−{short_number(limit)}</span><span>0</span><span>+{short_number(limit)}</span>"
    return f"""<div style="max-width:280px;font-size:.8rem;font-variant-numeric:tabular-nums">
<div style="height:.6rem;border-radius:.3rem;background:{scale_css()}"></div>
<div style="display:flex;justify-content:space-between">{ends}</div></div>"""


def unit_captions(votes: NDArray[np.float32] | None, count: int, classes: Classes) -> list[str]:
    """Return each unit's caption: its class and its weight in the second layer; empty without `votes`.

    Args:
        votes: as `Rung.unit_votes` returns them; of ten digits, a unit's class is the one with its largest weight.
        count: the number of units.
        classes: the digits.
    """
    if votes is None:
        return [""] * count
    if classes.is_pair:
        return [f"→ {classes.answer(float(vote))} {short_number(abs(vote))}" for vote in votes[0]]
    return [f"→ {digit} {short_number(float(of_unit[digit]))}" for of_unit in votes.T for digit in [of_unit.argmax()]]


def mean_picture(mean: NDArray[np.uint8], digit: int, size_px: int) -> Picture:
    """Return a picture of a mean digit, uint8 `[28, 28]`."""
    return Picture(grey_png(mean), f"mean {digit}", f"The mean of all train {digit}s, in greys", size_px)


def digit_picture(
    image: NDArray[np.uint8], size_px: int, caption: str = "", alt: str = "A digit", value: str = ""
) -> Picture:
    """Return a picture of one digit in greys, uint8 `[28, 28]`; with a value it can be chosen."""
    return Picture(grey_png(image), caption, alt, size_px, value)


def ink_picture(ink: NDArray[np.float32], size_px: int, caption: str, alt: str) -> Picture:
    """Return a picture of one digit as the models get it, float32 `[28, 28]` in [0, 1]."""
    return digit_picture((ink * 255).round().astype(np.uint8), size_px, caption, alt)


def _unit_names(count: int) -> list[str]:
    return [""] if count == 1 else [f"of unit {unit} of {count}" for unit in range(1, count + 1)]


def _alts(layer: NDArray[np.float32], names: Sequence[str]) -> list[str]:
    """Return each picture's text for screen readers; `layer` is float32 `[units, height, width]`."""
    _, height, width = layer.shape
    ends = zip(names, layer.min((1, 2)).tolist(), layer.max((1, 2)).tolist(), strict=True)
    return [
        f"{f'The weights {name}'.strip()}, {height} by {width}: from {low:.2f} (blue) to {high:.2f} (orange)"
        for name, low, high in ends
    ]
