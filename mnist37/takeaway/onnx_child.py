"""The child process that turns a trained model into ONNX: settings as its argument, weights on stdin, ONNX on stdout.

torch's exporter costs seconds and some 240 MB that stay, and turns switches of the whole process while it traces a
model: not beside visitors whose drawings are judged meanwhile.
"""

import contextlib
import json
import sys

import safetensors.torch
import torch
from torch import Tensor, nn

from mnist37.classes import a_digit
from mnist37.rungs import Weights, get_rung
from mnist37.settings import Settings

OPSET = 20
"""Of 2023; every runtime that is still looked after reads it."""


class _Described(nn.Module):
    """A model with all that it says: raw answers, and probabilities where it gives any."""

    def __init__(self, model: nn.Module, *, gives_probability: bool, is_pair: bool) -> None:
        super().__init__()
        self.model, self.gives_probability, self.is_pair = model, gives_probability, is_pair

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        logits = self.model(images)
        if not self.gives_probability:
            return (logits,)
        return logits, logits.sigmoid() if self.is_pair else logits.softmax(1)


def export(settings: Settings, weights: Weights) -> bytes:
    """Return a trained model as an ONNX file; `onnx_model.to_onnx` calls this in a child process."""
    rung = get_rung(settings.rung)
    module, classes = rung.module(settings, weights), settings.classes
    model = _Described(module, gives_probability=rung.gives_probability, is_pair=classes.is_pair)
    exported = torch.onnx.export(
        model.eval(),
        (torch.zeros(2, 28, 28),),  # a batch of one would be taken for a model of one
        input_names=["images"],
        output_names=["logits", "probs"] if rung.gives_probability else ["logits"],
        dynamic_shapes=({0: torch.export.Dim("N", min=1)},),
        opset_version=OPSET,
        dynamo=True,
        verbose=False,
    )
    assert exported is not None
    proto = exported.model_proto
    proto.producer_name, proto.producer_version = "mnist37", ""
    said = "the largest of ten logits, 0 to 9, says which digit an image is"
    if classes.is_pair:
        first, other = map(a_digit, classes.digits)
        said = f"logits above 0 say that an image is {first}, below that it is {other}"
    proto.doc_string = f"{rung.title}: {said}."
    for name, value in settings.to_dict().items():
        if name in rung.uses:
            proto.metadata_props.add(key=name, value=str(value))
    return bytes(proto.SerializeToString())


def main(arguments: list[str]) -> int:
    """Read, export, write.

    Args:
        arguments: the settings as JSON.

    Returns:
        0; whatever goes wrong ends the process with a traceback on stderr.
    """
    settings = Settings.from_dict(json.loads(arguments[0]))
    weights = safetensors.torch.load(sys.stdin.buffer.read())
    # What torch prints is not for the parent.
    with contextlib.redirect_stdout(sys.stderr):
        exported = export(settings, weights)
    sys.stdout.buffer.write(exported)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
