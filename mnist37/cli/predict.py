"""`predict`: let a kept run classify image files."""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mnist37.classes import Classes, a_digit
from mnist37.cli.output import Output, percent
from mnist37.cli.paths import expanded
from mnist37.data import EMBEDDED, Box, Prepared, cut_digits, find_digits, ink_and_scale, load_digits, to_mnist
from mnist37.errors import BadImage, RunError
from mnist37.explain import Likeness
from mnist37.runs import RunStore
from mnist37.train import predict

HELP = "let a trained model classify image files (any size; they are centred and scaled as MNIST's were)"

COLUMNS = ("file", "digit", "probability of {}", "looks like")


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
        for number, part in enumerate(found):
            seems = likeness.of(part.image)
            prob = None if answer.probs is None else float(answer.probs[number])
            prediction = {
                "digit": str(classes.digit(answer.labels[number])), f"probability_of_{classes.first}": prob,
                "logit": float(answer.logits[number]), _unlike(classes): seems.is_unlike,
                "nearest_other_digit": seems.other_digit if seems.is_other_digit else None,
            }  # fmt: skip
            results.append({"file": str(path), **part.place(number + 1, len(found)), **prediction})
    answered = [result for result in results if "error" not in result]
    if answered:
        columns = (column.format(a_digit(classes.first)) for column in (*COLUMNS, "logit"))
        output.table(tuple(columns), [_row(result, classes) for result in answered])
        if any(result[_unlike(classes)] for result in answered):
            output.say(
                f"The model knows {classes.first}s and {classes.other}s only: it says one of the two of any picture."
            )
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


def _unlike(classes: Classes) -> str:
    return f"neither_{classes.first}_nor_{classes.other}"


def _row(result: dict[str, object], classes: Classes) -> tuple[object, ...]:
    prob = result[f"probability_of_{classes.first}"]
    name = f"{result['file']}, digit {result['part']} of {result['of']}" if "part" in result else result["file"]
    sure = percent(prob) if isinstance(prob, float) else "–"
    return name, result["digit"], sure, _looks(result, classes), f"{result['logit']:.3f}"


def _looks(result: dict[str, object], classes: Classes) -> str:
    """Return what the picture looks like, independent of the model; see `Likeness`."""
    if not result[_unlike(classes)]:
        return f"{a_digit(classes.first)} or {a_digit(classes.other)}"
    other = result["nearest_other_digit"]
    neither = f"neither {a_digit(classes.first)} nor {a_digit(classes.other)}"
    return f"neither: more like {a_digit(other)}" if isinstance(other, int) else neither
