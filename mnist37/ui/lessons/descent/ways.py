"""The descents that the lesson shows, each computed once for all visitors."""

from functools import lru_cache

from torch import Tensor

from mnist37.lessons.descent import (
    Descent,
    curvatures,
    descend,
    largest_stable_lr,
    lowest_loss,
    measure,
    rates,
    scale,
)

STEPS = 60
CHAPTERS_LR = 1e-5
LOWEST_LR = 1e-6


@lru_cache(maxsize=2)
def measured(*, scaled: bool) -> tuple[Tensor, Tensor]:
    """Return the times, as measured or scaled from -1 to 1, and the speeds; float32 `[20]` each."""
    time, speed = measure()
    return (scale(time) if scaled else time), speed


@lru_cache(maxsize=256)
def way(lr: float, *, scaled: bool) -> Descent:
    """Compute the whole descent, which takes some 10 ms; each refresh only shows more of it."""
    return descend(*measured(scaled=scaled), lr, STEPS)


@lru_cache(maxsize=2)
def surface(*, scaled: bool) -> tuple[float, float, float, float]:
    """Return the largest stable rate, the steepest and the gentlest curvature, and the lowest loss."""
    t, speed = measured(scaled=scaled)
    gentle, _, steep = curvatures(t, speed).tolist()
    return largest_stable_lr(t, speed), steep, gentle, lowest_loss(t, speed)


@lru_cache(maxsize=2)
def usable_rates(*, scaled: bool) -> tuple[float, ...]:
    """Return rates from below the chapter's to some that are far too large."""
    return rates(LOWEST_LR, 3 * surface(scaled=scaled)[0])


def presets(*, scaled: bool) -> dict[str, float]:
    """Return a rate of each kind: the chapter's, and four relative to the largest stable rate."""
    choice, (limit, *_) = usable_rates(scaled=scaled), surface(scaled=scaled)

    def below(lr: float) -> float:
        return max(rate for rate in choice if rate < lr)

    return {
        "Too small": below(limit / 20),
        "The chapter's": CHAPTERS_LR,
        "Good": below(limit / 2),
        "Too big": below(limit),
        "Diverging": choice[-2],
    }
