"""The model that `vision_learner` builds of a ResNet-18, of torch's own parts: answering needs no fastai.

Nor torchvision, whose import takes 160 MB and a second: the web process answers with this. Tests hold it against
fastai's own, layer by layer.
"""

import copy
from functools import cache

import torch
from torch import Tensor, nn

from mnist37.rungs.base import Weights, call_with
from mnist37.rungs.losses import as_logits

CHANNELS = (64, 128, 256, 512)
"""Of the four stages; each but the first halves the picture."""


class BasicBlock(nn.Module):
    """Two convolutions, and what came in added to what they make of it: the block of He et al. 2015."""

    def __init__(self, c_in: int, c_out: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(c_in, c_out, kernel_size=3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(c_out)
        self.conv2 = nn.Conv2d(c_out, c_out, kernel_size=3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(c_out)
        if stride != 1 or c_in != c_out:
            conv = nn.Conv2d(c_in, c_out, kernel_size=1, stride=stride, bias=False)
            self.downsample: nn.Module = nn.Sequential(conv, nn.BatchNorm2d(c_out))
        else:
            self.downsample = nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        """`[N, c_in, h, w]` to `[N, c_out, h / stride, w / stride]`."""
        made = self.bn2(self.conv2(self.bn1(self.conv1(x)).relu()))
        summed: Tensor = made + self.downsample(x)
        return summed.relu()


class AdaptiveConcatPool2d(nn.Module):
    """Largest and mean value of each feature map, side by side: fastai's pooling."""

    def forward(self, x: Tensor) -> Tensor:
        """`[N, 512, h, w]` to `[N, 1024, 1, 1]`."""
        pool = nn.functional
        return torch.cat([pool.adaptive_max_pool2d(x, 1), pool.adaptive_avg_pool2d(x, 1)], 1)


@cache
def plain_model(outputs: int = 2) -> nn.Sequential:
    """Body and head, in fastai's order and with its names; one output a digit.

    It has no weights of its own (so it costs nothing, and draws no random number that a training would miss): call it
    with some, by `call_with`.
    """
    with torch.device("meta"):
        stem = [nn.Conv2d(1, 64, kernel_size=7, stride=2, padding=3, bias=False), nn.BatchNorm2d(64)]
        body: list[nn.Module] = [*stem, nn.ReLU(inplace=True), nn.MaxPool2d(kernel_size=3, stride=2, padding=1)]
        for c_in, c_out in zip((64, *CHANNELS), CHANNELS, strict=False):
            body.append(nn.Sequential(BasicBlock(c_in, c_out, c_out // c_in), BasicBlock(c_out, c_out, 1)))
        head = [
            AdaptiveConcatPool2d(),
            nn.Flatten(),
            *(nn.BatchNorm1d(1024), nn.Dropout(0.25), nn.Linear(1024, 512, bias=False), nn.ReLU(inplace=True)),
            *(nn.BatchNorm1d(512), nn.Dropout(0.5), nn.Linear(512, outputs, bias=False)),
        ]
        return nn.Sequential(nn.Sequential(*body), nn.Sequential(*head)).eval()


CONV1_END, STAGE_1_END = 3, 5
"""Where the body's first two parts end: convolution, batch norm and ReLU; pooling and the first stage."""


def first_maps(weights: Weights, images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Look into the first layers while the model answers; see `mnist37.rungs.parts.Filters`.

    Args:
        weights: all that `plain_model` names.
        images: float32 `[N, 28, 28]` in [0, 1].

    Returns:
        What the first convolution passes on, `[N, 64, 14, 14]`, and the first stage, `[N, 64, 7, 7]`; the answers,
        `[N]` for two digits, `[N, 10]` for ten.
    """
    body, head = plain_model(n_outputs(weights))
    assert isinstance(body, nn.Sequential)
    first = _part(body[:CONV1_END], weights, "0.", images.unsqueeze(1))
    stage_1 = _part(body[CONV1_END:STAGE_1_END], weights, "0.", first)
    features = _part(body[STAGE_1_END:], weights, "0.", stage_1)
    return first, stage_1, as_logits(_part(head, weights, "1.", features))


def _part(part: nn.Module, weights: Weights, prefix: str, xb: Tensor) -> Tensor:
    return call_with(part, {name: weights[prefix + name] for name in part.state_dict()}, xb)


LAST_LAYER = "1.8.weight"
"""One row an output: of two digits the other one's before the first one's, of ten in their order."""


def n_outputs(weights: Weights) -> int:
    """Return how many outputs the model with these weights has."""
    return len(weights[LAST_LAYER])


class AnsweringResnet(nn.Module):
    """The trained model as it answers: of two digits the first one's output less the other one's, of ten each."""

    def __init__(self, weights: Weights) -> None:
        super().__init__()
        self.model = copy.deepcopy(plain_model(n_outputs(weights)))
        self.model.load_state_dict(weights, assign=True)
        self.eval()

    def forward(self, images: Tensor) -> Tensor:
        """`[N, 28, 28]` to `[N]`, or to `[N, 10]`."""
        preds: Tensor = self.model(images.unsqueeze(1))  # (N, outputs)
        return as_logits(preds)
