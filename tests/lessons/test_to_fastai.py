"""Lesson 7: four programs are one; every line that is shown stands in the file that runs."""

import inspect

import pytest
import torch
from torch import nn

from mnist37.data import Digits
from mnist37.lessons.shared.listen import listen
from mnist37.lessons.to_fastai import PLACES, PROGRAMS, Program, fit_with_sgd, line, source
from mnist37.rungs import LADDER, settings_for


def test_the_first_three_programs_make_the_same_steps(tiny: Digits) -> None:
    settings = settings_for("linear-torch", lr=1.0, epochs=3, loss="mnist_loss", batch_size=16)
    scratch, basic, sgd = (
        listen(fit, settings, tiny) for fit in (LADDER["linear-scratch"].fit, LADDER["linear-torch"].fit, fit_with_sgd)
    )
    assert len(scratch.losses) > 3
    assert scratch.losses == pytest.approx(basic.losses, abs=1e-6)
    assert basic.losses == pytest.approx(sgd.losses, abs=1e-6)
    assert [epoch.accuracy for epoch in basic.epochs] == [epoch.accuracy for epoch in sgd.epochs]


def test_fastais_sgd_takes_the_step_of_torchs() -> None:
    from fastai.optimizer import SGD

    ours, theirs = nn.Linear(5, 1), nn.Linear(5, 1)
    theirs.load_state_dict(ours.state_dict())
    optimizers = torch.optim.SGD(ours.parameters(), 0.3), SGD(theirs.parameters(), 0.3)
    x = torch.randn(8, 5, generator=torch.Generator().manual_seed(0))
    for _ in range(4):
        for model, opt in zip((ours, theirs), optimizers, strict=True):
            model(x).square().mean().backward()
            opt.step()
            opt.zero_grad()
    assert torch.equal(ours.weight, theirs.weight)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_every_line_is_one_of_its_source(program: Program) -> None:
    assert len(program.lines) == len(PLACES)
    for code, begins in program.lines:
        assert line(code, begins) in source(code)


def test_fastai_is_read_as_it_is_imported() -> None:
    from fastai.learner import Learner

    for name in ("_do_one_batch", "_backward", "_step", "all_batches"):
        ours = [text.strip() for text in source(f"learner.Learner.{name}").splitlines()]
        assert ours == [text.strip() for text in inspect.getsource(getattr(Learner, name)).rstrip().splitlines()]


def test_what_is_not_there_is_said() -> None:
    with pytest.raises(LookupError, match=r"no learner\.Learner\.nothing"):
        source("learner.Learner.nothing")
    with pytest.raises(LookupError, match="begins with"):
        line(fit_with_sgd, "no such line")
