"""Lesson 6: the seven steps with a button each, the noise of a mini-batch, and lines that are left out."""

from collections.abc import Callable, Mapping
from typing import Any

from mnist37.lessons.seven_steps.bugs import train_with
from mnist37.lessons.seven_steps.lesson import SevenSteps
from mnist37.lessons.seven_steps.noise import gradient_noise
from mnist37.ui.lessons.seven_steps.bug_switches import bug_switches
from mnist37.ui.lessons.seven_steps.noise import batch_noise, noise_of
from mnist37.ui.lessons.seven_steps.walk import walk
from mnist37.ui.lessons.shared.frame import Closing, TryIt, choose_view
from mnist37.ui.lessons.shared.question import Question

NOISE = "How noisy is a batch?"

_PARTS: Mapping[str, tuple[Callable[[], None], Callable[..., Any]]] = {
    "The seven steps": (walk, SevenSteps),
    NOISE: (batch_noise, gradient_noise),
    "Leave a line out": (bug_switches, train_with),
}


def seven_steps() -> Closing:
    """Show the chosen part and return how the lesson ends."""
    view = choose_view("seven_steps_view", tuple(_PARTS))
    show, code = _PARTS[view]
    show()
    return Closing((code,), _question(), TryIt("small and large batches", "linear-scratch", {"batch_size": 16}))


def _question() -> Question:
    few, many = noise_of(4), noise_of(64)
    return Question(
        "A mini-batch 16 times as large: how noisy is its gradient then?",
        ("A sixteenth as noisy", "A quarter as noisy", "Half as noisy", "As noisy as before"),
        "A quarter as noisy",
        f"Yes: 4 digits are off by {few.share:.0%} of the gradient, 64 by {many.share:.0%}: "
        f"{few.share / many.share:.1f} times less, about the root of 16. So large batches cost more than they bring.",
        f"Look at “{NOISE}” and compare 4 digits with 64.",
    )
