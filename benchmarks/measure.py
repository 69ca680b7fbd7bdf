"""Time things in turn, several times, so that their ratio is reliable on a machine that others use too."""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Timed = Callable[[], float | None]
"""A function to time; it may return its own seconds, which are used instead."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Measured seconds, in the order of measuring."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The median."""
        return statistics.median(self.seconds)

    def quantile(self, share: float) -> float:
        """Return the smallest value that `share` of them do not exceed."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, max(0, -(-int(share * 1000) * len(ordered) // 1000) - 1))]

    def ratio_to(self, other: "Sample") -> float:
        """Return the median of the ratios within each round."""
        return statistics.median(a / b for a, b in zip(self.seconds, other.seconds, strict=True))


def interleaved(things: Mapping[str, Timed], rounds: int, warm_ups: int = 1) -> dict[str, Sample]:
    """Time each of them in turn, `rounds` times; the first `warm_ups` rounds are extra and are dropped."""
    taken: dict[str, list[float]] = {name: [] for name in things}
    for _ in range(warm_ups + rounds):
        for name, thing in things.items():
            start = time.perf_counter()
            told = thing()
            taken[name].append(time.perf_counter() - start if told is None else told)
    return {name: Sample(tuple(seconds[warm_ups:])) for name, seconds in taken.items()}


def shown(seconds: float) -> str:
    """Return seconds as text in s or ms, with three digits."""
    if seconds < 1:
        return f"{seconds * 1000:.3g} ms"
    return f"{seconds:.3g} s"


def spread(sample: Sample) -> str:
    """Return the median, the minimum and the maximum as text."""
    return f"{shown(sample.median)} ({shown(min(sample.seconds))} to {shown(max(sample.seconds))})"
