"""The one rung whose weights answer in another model than they were trained in."""

import copy

import numpy as np
import pytest
import torch
from torch import nn

from mnist37.data import Digits
from mnist37.rungs import LADDER, image_tensor
from mnist37.rungs.base import Rung
from mnist37.rungs.batches import DataLoader
from mnist37.rungs.devices import CPU
from mnist37.rungs.fastai_fit import data_loaders, fused_adam
from mnist37.rungs.plain_resnet import plain_model

from .spy import Spy, short

RESNET: Rung = LADDER["resnet18"]


@pytest.fixture(scope="module")
def fastai_model() -> nn.Module:
    import fastai.callback.schedule  # noqa: F401
    from fastai.vision.learner import vision_learner
    from torchvision.models import resnet18

    x, y = torch.rand(4, 1, 28, 28), torch.tensor([0, 1, 0, 1])
    dls = data_loaders(DataLoader(x, y, 2), DataLoader(x, y, 2), CPU)
    torch.manual_seed(0)
    model = vision_learner(dls, resnet18, n_in=1, pretrained=False, loss_func=nn.functional.cross_entropy).model
    for module in model.modules():  # as trained: running statistics that are no zeros and ones
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            nn.init.uniform_(module.running_mean, -0.1, 0.1)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
    return model.eval()


def test_the_plain_model_is_fastai_s(fastai_model: nn.Module, tiny: Digits) -> None:
    expected, plain = fastai_model.state_dict(), plain_model()
    assert list(plain.state_dict()) == list(expected)
    assert [tensor.shape for tensor in plain.state_dict().values()] == [tensor.shape for tensor in expected.values()]
    images = image_tensor(tiny.valid_images[:8])
    with torch.no_grad():
        preds = fastai_model(images.unsqueeze(1))
        logits = RESNET.logits(short("resnet18"), expected, images)
    torch.testing.assert_close(logits, preds[:, 1] - preds[:, 0])
    assert logits.abs().max() > 1e-3


def test_many_digits_are_answered_in_parts(
    fastai_model: nn.Module, monkeypatch: pytest.MonkeyPatch, tiny: Digits
) -> None:
    images = image_tensor(tiny.valid_images[:8])
    with torch.no_grad():
        whole = RESNET.logits(short("resnet18"), fastai_model.state_dict(), images)
        monkeypatch.setattr("mnist37.rungs.resnet18.VALID_BATCH", 3)
        parts = RESNET.logits(short("resnet18"), fastai_model.state_dict(), images)
    torch.testing.assert_close(parts, whole, atol=1e-4, rtol=1e-4)


def rates(spy: Spy, digits: Digits, monkeypatch: pytest.MonkeyPatch) -> np.ndarray:
    """The learning rates that each step was really made with, `[steps, parameter groups]`."""
    made, step = [], torch.optim.AdamW.step

    def note(self: torch.optim.AdamW, *args: object, **kwargs: object) -> object:
        made.append([group["lr"] for group in self.param_groups])
        return step(self, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(torch.optim.AdamW, "step", note)
        RESNET.fit(short("resnet18", batch_size=10), digits, spy)
    return np.array(made)


def test_a_turned_knob_scales_the_cycle(tiny: Digits, monkeypatch: pytest.MonkeyPatch) -> None:
    lr = short("resnet18").lr
    as_planned = rates(Spy(lr, batch_size=10), tiny, monkeypatch)
    turned = rates(Spy(lr, {3: lr / 4}, batch_size=10), tiny, monkeypatch)
    assert len(as_planned) == 5
    assert as_planned[0].max() < as_planned.max()  # up, then down
    assert as_planned.max() <= lr
    assert as_planned[-1].max() < as_planned.max()
    np.testing.assert_allclose(turned, as_planned * np.array([1, 1, 0.25, 0.25, 0.25])[:, None])


def test_the_fused_steps_are_those_of_fastai_s_adam() -> None:
    """As its `Learner` sets it up: a rate and a momentum that change, and no decay for biases and batch norms."""
    from fastai.learner import Learner
    from fastai.optimizer import Adam

    def in_one_group(model: nn.Module) -> list[list[nn.Parameter]]:
        return [list(model.parameters())]

    x, y = torch.rand(16, 1, 4, 4), torch.randint(2, (16,))
    dls = data_loaders(DataLoader(x, y, 16), DataLoader(x, y, 16), CPU)
    torch.manual_seed(0)
    plain = nn.Sequential(nn.Conv2d(1, 3, 2, bias=False), nn.BatchNorm2d(3), nn.Flatten(), nn.Linear(27, 2))
    models = [plain, copy.deepcopy(plain)]
    for model, opt_func in zip(models, (Adam, fused_adam), strict=True):
        learn = Learner(dls, model, loss_func=nn.functional.cross_entropy, opt_func=opt_func, splitter=in_one_group)
        learn.create_opt()
        for number in range(1, 21):
            learn.opt.set_hypers(lr=0.1 / number, mom=0.85 + number / 200)
            nn.functional.cross_entropy(model(x), y).backward()
            learn.opt.step()
            learn.opt.zero_grad()
    for theirs, ours in zip(*(model.state_dict().values() for model in models), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-5)
