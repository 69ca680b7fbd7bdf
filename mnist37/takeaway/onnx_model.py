"""A trained model as ONNX, which runs in browsers, on phones and in other languages.

This module knows neither torch's exporter nor ONNX: its child process does.
"""

import json
import subprocess
import sys

from mnist37.child_process import environment
from mnist37.errors import RunError
from mnist37.rungs import Weights
from mnist37.runs import weights_to_bytes
from mnist37.settings import Settings

SECONDS = 120
"""The child takes 5 to 10 on two busy cores."""


def to_onnx(settings: Settings, weights: Weights) -> bytes:
    """Return a trained model as an ONNX file, made in a child process (`onnx_child`) that this call waits for.

    Its input is `images`, float32 `[N, 28, 28]` in [0, 1] (ink is 1), its outputs are `logits`, float32 `[N]` (above 0
    for the first digit) or `[N, 10]`, and `probs`, of the same shape, where the model gives probabilities.

    Args:
        settings: what the weights were trained with.
        weights: named tensors, as the run kept them.

    Returns:
        The file.

    Raises:
        RunError: the weights do not fit the model, or the exporter did not come through.
    """
    command = [sys.executable, "-m", "mnist37.takeaway.onnx_child", json.dumps(settings.to_dict())]
    try:
        child = subprocess.run(  # noqa: S603  the command is ours
            command,
            input=weights_to_bytes(weights),
            capture_output=True,
            env=environment(),
            timeout=SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _failed(str(error)) from error
    if child.returncode:
        raise _failed((child.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"])[-1])
    return child.stdout


def _failed(why: str) -> RunError:
    return RunError(f"The model could not be written as ONNX ({why}).", "Take its weights as safetensors instead.")
