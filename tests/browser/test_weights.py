"""The Weights page: pictures of every rung that has some, sharp, beside the means."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.lab import Lab


@pytest.mark.parametrize(
    ("model", "pictures"), [("Two-layer ReLU net", 30), ("ResNet-18", 64), ("Pixel similarity", 2)]
)
def test_the_first_layer_as_pictures(page: Page, lab: Lab, model: str, pictures: int) -> None:
    lab.open()
    lab.choose_model(model)
    if model != "Pixel similarity":
        lab.to_the_end_of("Epochs", "Home")
    lab.train()
    lab.go_to("Weights")
    layer = page.get_by_role("group", name="The weights of the first layer as pictures")
    expect(layer.get_by_role("img")).to_have_count(pictures)
    expect(page.get_by_role("group", name="The mean 3 and the mean 7").get_by_role("img")).to_have_count(2)
    picture = layer.get_by_role("img").first
    assert picture.evaluate("node => getComputedStyle(node).imageRendering") == "pixelated"
    size = picture.evaluate("node => [node.naturalWidth, node.naturalHeight]")
    assert size == ([7, 7] if model == "ResNet-18" else [28, 28])
    lab.go_to("Lab")
    if lab.button("Stop").is_enabled():
        lab.button("Stop").click()
