"""`predict`: let a kept run classify image files."""

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnist37.classes import Classes, a_digit
from mnist37.cli.output import Output, percent
from mnist37.cli.paths import expanded
from mnist37.data import EMBEDDED, Box, Prepared, cut_digits, find_digits, ink_and_scale, load_digits, to_mnist
from mnist37.errors import BadImage, RunError
from mnist37.evaluation import Answer
from mnist37.explain import Likeness, Resemblance
from mnist37.runs import RunStore
from mnist37.train import predict

HELP = "let a trained model classify image files (any size; they are centred and scaled as MNIST's were)"

COLUMNS = ("file", "digit", "probability of {}", "looks like", "logit")
COLUMNS_OF_TEN = ("file", "digit", "its probability", "looks like", "its logit", "second")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("model", metavar="RUN", help="a run's id, an unambiguous part of it, or `last`")
    parser.add_argument("files", metavar="FILE", nargs="+", type=Path, help="pictures of one digit or several")


def run(options: argparse.Namespace, output: Output) -> int:
    """Classify the pictures; report those that cannot be read or are blank, and classify the others."""
    store = RunStore()
    run_id = store.find(options.model, with_weights=True)
    info = store.info(run_id)
    if not info.status.is_over:
        raise RunError(f"The run {run_id} still learns.", "Ask it when it is over, or choose another run.")
    settings, weights, classes = info.settings, store.weights(run_id), info.settings.classes
    results: list[dict[str, object]] = []
    likeness: Likeness | None = None  # made for the first readable picture, because it takes a second
    for path in expanded(options.files):
        try:
            found = read_picture(path)
        except BadImage as error:
            results.append({"file": str(path), "error": error.message, "remedy": error.remedy})
            continue
        answer = predict(settings, weights, np.stack([part.image for part in found]))
        likeness = likeness or Likeness(load_digits(EMBEDDED, classes=classes))
        gives_probability = answer.probs is not None
        for number, part in enumerate(found):
            said = Answer.of(answer.logits[number], "", classes, gives_probability=gives_probability)
            prediction = _prediction(said, likeness.of(part.image))
            results.append({"file": str(path), **part.place(number + 1, len(found)), **prediction})
    answered = [result for result in results if "error" not in result]
    if answered:
        columns: tuple[str, ...] = COLUMNS_OF_TEN
        if classes.is_pair:
            columns = tuple(column.format(a_digit(classes.first)) for column in COLUMNS)
        output.table(columns, [_row(result, classes) for result in answered])
        if any(result[_unlike(classes)] for result in answered):
            output.say(_knows(classes))
    for result in results:
        if "error" in result:
            output.say(f"{result['error']} {result['remedy']}")
    output.result({"run": run_id, "results": results})
    return 1 if any("error" in result for result in results) else 0


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A digit in a picture.

    Args:
        image: the model's input, uint8 [28, 28].
        box: left, top, right and bottom in pixels of the upright picture, right and bottom exclusive.
    """

    image: NDArray[np.uint8]
    box: Box

    def place(self, number: int, count: int) -> dict[str, object]:
        """Return its place among the digits of its picture; empty if it is the only one."""
        return {"part": number, "of": count, "box": list(self.box)} if count > 1 else {}


def read_picture(path: Path) -> list[Part]:
    """Read the digits in a file, in reading order.

    Raises:
        BadImage: it cannot be read, or it is blank.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadImage(f"{path} cannot be read ({error.strerror}).", "Give the path of a picture.") from None
    try:
        ink, scale = ink_and_scale(data)
    except BadImage as error:
        raise BadImage(f"{path}: {error.message}", error.remedy) from None
    boxes = find_digits(ink)
    if len(boxes) > 1:
        return [_part(to_mnist(cut), box, scale) for cut, box in zip(cut_digits(ink, boxes), boxes, strict=True)]
    prepared = to_mnist(ink)
    if prepared.is_blank:
        raise BadImage(f"{path} is blank.", "Draw a digit on it.")
    return [_part(prepared, prepared.box, scale)]


def _part(prepared: Prepared, box: Box, scale: float) -> Part:
    left, top, right, bottom = (round(scale * side) for side in box)
    return Part(prepared.image, (left, top, right, bottom))


def _prediction(said: Answer, seems: Resemblance) -> dict[str, object]:
    """Return a prediction under the names that it has in the result as JSON."""
    classes = said.classes
    if classes.is_pair:
        return {
            "digit": str(said.digit), f"probability_of_{classes.first}": said.prob_first, "logit": said.logit,
            _unlike(classes): seems.is_unlike,
            "nearest_other_digit": seems.other_digit if seems.is_other_digit else None,
        }  # fmt: skip
    return {
        "digit": str(said.digit), "probability": said.prob, "second": str(said.runner_up),
        "probabilities": None if said.probs is None else list(said.probs), "logits": list(said.logits),
        _unlike(classes): seems.is_unlike,
    }  # fmt: skip


def _unlike(classes: Classes) -> str:
    return f"neither_{classes.first}_nor_{classes.other}" if classes.is_pair else "no_digit"


def _knows(classes: Classes) -> str:
    if classes.is_pair:
        return f"The model knows {classes.first}s and {classes.other}s only: it says one of the two of any picture."
    return "The model knows digits only: it says one of the ten of any picture."


def _row(result: dict[str, Any], classes: Classes) -> tuple[object, ...]:
    prob = result[f"probability_of_{classes.first}" if classes.is_pair else "probability"]
    name = f"{result['file']}, digit {result['part']} of {result['of']}" if "part" in result else result["file"]
    sure = percent(prob) if isinstance(prob, float) else "–"
    looks, digit = _looks(result, classes), result["digit"]
    if classes.is_pair:
        return name, digit, sure, looks, f"{result['logit']:.3f}"
    return name, digit, sure, looks, f"{result['logits'][int(digit)]:.3f}", result["second"]


def _looks(result: dict[str, object], classes: Classes) -> str:
    """Return what the picture looks like, independent of the model; see `Likeness`."""
    if not classes.is_pair:
        return "no digit" if result[_unlike(classes)] else "a digit"
    if not result[_unlike(classes)]:
        return classes.one_of_them
    other = result["nearest_other_digit"]
    return f"neither: more like {a_digit(other)}" if isinstance(other, int) else classes.none_of_them
