"""A trained model that is asked about one image at a time: what it answers, and which way each pixel pushes it.

A model of ten digits becomes one of two by `between`.

What it answers is what `mnist37.train.predict` answers. Asked from any thread, it changes nothing and draws no random
number.
"""

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mnist37.classes import Classes
from mnist37.data.digits import SIDE
from mnist37.errors import BadImage, RunBroken
from mnist37.rungs import Parts, Weights, get_rung, image_tensor
from mnist37.settings import Settings


def between(settings: Settings, weights: Weights, pair: Classes) -> tuple[Settings, Weights]:
    """Return settings and weights of a model of two digits, made of one of ten; one of two as it is.

    Its answer is that of the first digit less that of the other one, so an explanation of it says why the model of ten
    prefers one to the other.

    Args:
        settings: what the model was trained with.
        weights: its named tensors.
        pair: two digits; not looked at where the model is one of two.

    Raises:
        SettingsError: there is no such rung.
    """
    if settings.classes.is_pair:
        return settings, weights
    return settings.replace(digits=str(pair)), get_rung(settings.rung).between(weights, pair)


class Model:
    """A rung with the weights that it learned; of one of ten digits only `logits` may be asked.

    Args:
        settings: what it was trained with.
        weights: its named tensors.

    Raises:
        SettingsError: there is no such rung.
        RunBroken: the weights are not those of such a model.
    """

    def __init__(self, settings: Settings, weights: Weights) -> None:
        self.rung, self.settings, self.weights = get_rung(settings.rung), settings, weights
        form = {name: tensor.shape for name, tensor in self.rung.weights_form(settings).items()}
        if {name: tensor.shape for name, tensor in weights.items()} != form:
            raise RunBroken(f"These weights do not fit {settings.rung}.", "Train it again.")

    @property
    def arrays(self) -> Mapping[str, NDArray[np.float32]]:
        """The weights as numpy sees them."""
        return {name: tensor.detach().numpy() for name, tensor in self.weights.items()}

    @property
    def parts(self) -> Parts | None:
        """What its answers are made of, as its rung declares it; None if it does not."""
        return self.rung.parts(self.settings, self.arrays)

    def logit(self, image: NDArray[np.uint8]) -> float:
        """Its answer to an image, uint8 `[28, 28]`: above 0 for the first digit."""
        return float(self.logits(image[None])[0])

    def logits(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Its answers to images, uint8 `[N, 28, 28]`: float32 `[N]`, or `[N, 10]`."""
        with torch.inference_mode():
            return self._logits(image_tensor(images)).numpy()

    def slope(self, image: NDArray[np.uint8]) -> tuple[float, NDArray[np.float32]]:
        """Its answer, and how much that rises as each pixel goes from paper (0) to ink (1).

        Args:
            image: uint8 `[28, 28]`.

        Returns:
            The logit up to float32 rounding, and the gradient, float32 `[28, 28]`; 0 where torch has none.
        """
        with torch.enable_grad():
            xb = image_tensor(image[None]).requires_grad_()
            logits = self._logits(xb)
            if not logits.requires_grad:
                return logits.item(), np.zeros_like(image, np.float32)
            (slope,) = torch.autograd.grad(logits.sum(), xb)
        return logits.item(), slope[0].numpy()

    def _logits(self, xb: Tensor) -> Tensor:
        return self.rung.logits(self.settings, self.weights, xb)


def checked_image(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the image itself.

    Raises:
        BadImage: it is not uint8 `[28, 28]`.
    """
    if image.dtype != np.uint8 or image.shape != (SIDE, SIDE):
        raise BadImage(f"The image is {image.dtype} {list(image.shape)} instead of uint8 [28, 28].", "Draw a digit.")
    return image


def ink(image: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Grey values as the models get them: uint8 `[28, 28]` to float32 `[28, 28]` in [0, 1]."""
    return image_tensor(image).numpy()


def prob_of_first(logit: float) -> float:
    """Return what a logit says as a probability, rounded as `predict` rounds it."""
    return torch.tensor(logit).sigmoid().item()
