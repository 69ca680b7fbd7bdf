"""The texts on a descent: its progress, its three gradients, and the effect of its rate along two directions."""

import math

from mnist37.lessons.descent import Descent, Step
from mnist37.ui.widgets.numbers import number, rate_words, table

ALIKE = 100
"""Above this ratio of the two curvatures, the page advises scaling t."""


def how_it_goes(descent: Descent, k: int, n_steps: int, share: float) -> str:
    """Return a sentence for step `k`; `share` is the rate divided by the largest stable one."""
    if descent.diverged_at == k:
        return (
            f":red[**Diverged at step {k}**]: the loss is no finite number any more. "
            f"This rate is {share:.1f} times the largest stable one."
        )
    return f"Step **{k}** of {n_steps} · loss **{number(descent.steps[k].loss)}** · {_manner(share)}"


def _manner(share: float) -> str:
    if share >= 1:
        return "this rate is **too big**: each step flies over the valley and lands further up on its other side."
    if share > 0.5:
        return "this rate **overshoots**: each step crosses the valley, but lands lower than it came from."
    if share < 0.1:
        return "this rate is **small**: safe, and slow even down the steepest side."
    return "this rate goes **straight down** the steepest side."


def gradients_table(step: Step, lr: float, most_t: float) -> str:
    """Return HTML: values, gradients and the next step of a, b and c; `most_t` is the largest |t|."""
    rows = [
        ("value", *map(number, step.params)),
        ("gradient", *map(number, step.gradient)),
        ("next: −lr × gradient", *(number(-lr * slope) for slope in step.gradient)),
    ]
    head = ("", *(_head(name, factor) for name, factor in (("a", "t²"), ("b", "t"), ("c", "1"))))
    words = (
        f"Each gradient is a mean of errors × what stands beside the parameter: for a that is t², up to {most_t**2:g}."
    )
    return table(head, rows) + _below(words)


def _head(name: str, factor: str) -> str:
    return f'{name} <small style="font-weight:400">× {factor}</small>'


def curvature_table(steep: float, gentle: float, lr: float) -> str:
    """Return HTML: the effect of the rate along the steepest and the gentlest direction."""
    rows = [
        (name, number(curvature), f"× {_factor(1 - lr * curvature)}", _halving(1 - lr * curvature))
        for name, curvature in (("steepest", steep), ("gentlest", gentle))
    ]
    words = (
        f"Each step leaves 1 − lr × curvature of the way to the lowest point. All shrink while lr is below "
        f"2 / {number(steep)} = <strong>{rate_words(2 / steep)}</strong>: the steepest direction sets the limit"
    )
    words += ", and the gentlest one crawls. Scale t, and look again." if steep > ALIKE * gentle else "."
    return table(("direction", "curvature", "left, each step", "steps to halve it"), rows) + _below(words)


def _factor(factor: float) -> str:
    return (f"{factor:.2f}" if abs(1 - factor) > 0.01 else f"{factor:.7f}").replace("-", "−")


def _halving(factor: float) -> str:
    if abs(factor) >= 1:
        return "never: it grows"
    return f"{max(1, math.ceil(math.log(0.5) / math.log(abs(factor)))):,}" if factor else "1"


def _below(words: str) -> str:
    return f'<div class="less" style="font-size:.85rem;margin-top:.3rem">{words}</div>'
