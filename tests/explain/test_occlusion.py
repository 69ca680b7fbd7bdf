"""What covering ink does, held against the models where it is known beforehand."""

from collections.abc import Callable

import numpy as np
import pytest

from mnist37.data import Digits
from mnist37.explain import PixelShares, explain, occlusion
from mnist37.train import predict

from .conftest import Trained, every_model


@every_model
def test_it_is_what_the_model_says_of_the_covered_image(model: Trained, embedded: Digits) -> None:
    settings, weights = model
    image = embedded.valid_images[0]
    found = occlusion(settings, weights, image)
    assert found.logit == pytest.approx(predict(settings, weights, image[None]).logits[0], abs=1e-4)
    assert found.heat.shape == (13, 13)
    for row, column in ((0, 0), (6, 6), (4, 7), (12, 12)):
        covered = image.copy()
        covered[2 * row : 2 * row + 4, 2 * column : 2 * column + 4] = 0
        falls = found.logit - predict(settings, weights, covered[None]).logits[0]
        assert found.heat[row, column] == pytest.approx(falls, abs=1e-3)
    np.testing.assert_array_equal(image, embedded.valid_images[0])


@pytest.mark.parametrize("name", ["linear-scratch", "linear-torch", "linear-fastai"])
def test_of_a_linear_model_it_is_the_sum_of_the_pixels_shares(
    name: str, trained: Callable[..., Trained], embedded: Digits
) -> None:
    image = embedded.valid_images[3]
    shares, found = explain(*trained(name), image), occlusion(*trained(name), image)
    assert isinstance(shares, PixelShares)
    windows = np.lib.stride_tricks.sliding_window_view(shares.shares, (4, 4))[::2, ::2]
    np.testing.assert_allclose(found.heat, windows.sum((2, 3)), atol=1e-4)


def test_each_pixel_gets_the_mean_of_the_patches_over_it(trained: Callable[..., Trained], embedded: Digits) -> None:
    found = occlusion(*trained("simple-net"), embedded.valid_images[0])
    assert found.heat_28.shape == (28, 28)
    assert found.heat_28.dtype == np.float32
    assert found.heat_28[0, 0] == found.heat[0, 0]
    assert found.heat_28[13, 13] == pytest.approx(found.heat[5:7, 5:7].mean(), abs=1e-6)
    assert found.heat_28[27, 12] == pytest.approx(found.heat[12, 5:7].mean(), abs=1e-6)


@every_model
def test_paper_cannot_be_covered(model: Trained) -> None:
    found = occlusion(*model, np.zeros((28, 28), np.uint8))
    assert not found.heat.any()
