"""`predict`: let a kept run classify image files."""

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mnist37.cli.output import Output, percent
from mnist37.cli.paths import expanded
from mnist37.data import ink_from_bytes, to_mnist
from mnist37.errors import BadImage, RunError
from mnist37.runs import RunStore
from mnist37.train import predict

HELP = "let a trained model classify image files (any size; they are centred and scaled as MNIST's were)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("model", metavar="RUN", help="a run's id, an unambiguous part of it, or `last`")
    parser.add_argument("files", metavar="FILE", nargs="+", type=Path, help="pictures of one digit each")


def run(options: argparse.Namespace, output: Output) -> int:
    """Classify; a picture that cannot be read or is blank does not keep the others from being classified."""
    store = RunStore()
    run_id = store.find(options.model, with_weights=True)
    info = store.info(run_id)
    if not info.status.is_over:
        raise RunError(f"The run {run_id} still learns.", "Ask it when it is over, or choose another run.")
    settings, weights = info.settings, store.weights(run_id)
    results: list[dict[str, object]] = []
    for path in expanded(options.files):
        try:
            answer = predict(settings, weights, read_picture(path)[None])
        except BadImage as error:
            results.append({"file": str(path), "error": error.message, "remedy": error.remedy})
            continue
        prob = None if answer.probs is None else float(answer.probs[0])
        digit = "3" if answer.labels[0] else "7"
        results.append({"file": str(path), "digit": digit, "probability_of_3": prob, "logit": float(answer.logits[0])})
    answered = [result for result in results if "error" not in result]
    if answered:
        output.table(("file", "digit", "probability of a 3", "logit"), [_row(result) for result in answered])
    for result in results:
        if "error" in result:
            output.say(f"{result['error']} {result['remedy']}")
    output.result({"run": run_id, "results": results})
    return 1 if any("error" in result for result in results) else 0


def read_picture(path: Path) -> NDArray[np.uint8]:
    """A file as the model sees it, uint8 [28, 28].

    Raises:
        BadImage: it cannot be read, or nothing is drawn on it.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadImage(f"{path} cannot be read ({error.strerror}).", "Give the path of a picture.") from None
    try:
        prepared = to_mnist(ink_from_bytes(data))
    except BadImage as error:
        raise BadImage(f"{path}: {error.message}", error.remedy) from None
    if prepared.is_blank:
        raise BadImage(f"{path} is blank.", "Draw a digit on it.")
    return prepared.image


def _row(result: dict[str, object]) -> tuple[object, ...]:
    prob = result["probability_of_3"]
    return result["file"], result["digit"], percent(prob) if isinstance(prob, float) else "–", f"{result['logit']:.3f}"
