"""What every rung of the ladder keeps to, whoever wrote it."""

import ast
import gc
import inspect
import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np
import pytest
import safetensors.torch
import torch

from mnist37.classes import ALL_TEN, Classes
from mnist37.data import EMBEDDED, Digits, load_digits
from mnist37.errors import SettingsError
from mnist37.events import Status
from mnist37.explain import between, explain, flip
from mnist37.rungs import LADDER, HiddenUnits, Weights, get_rung, image_tensor, settings_for
from mnist37.rungs.devices import cores
from mnist37.rungs.lr_trials import fewer
from mnist37.runs import weights_to_bytes
from mnist37.settings import SETTINGS, Settings
from mnist37.train import Control, predict

from ..train.told import Told, after_step, teach
from .spy import Spy, short

UNTRAINED = "pixel-similarity"
PICTURES = {UNTRAINED: (2, 28, 28), "simple-net": (30, 28, 28), "resnet18": (64, 7, 7)}
Teach = Callable[[Settings], Told]

every_rung = pytest.mark.parametrize("name", LADDER)
every_trained_rung = pytest.mark.parametrize("name", [name for name in LADDER if name != UNTRAINED])


def test_the_ladder_climbs_as_the_chapter_does() -> None:
    assert list(LADDER) == [UNTRAINED, "linear-scratch", "linear-torch", "linear-fastai", "simple-net", "resnet18"]


@every_rung
def test_it_introduces_itself(name: str) -> None:
    rung = LADDER[name]
    assert rung.name == name
    assert get_rung(name) is rung
    assert rung.title
    assert rung.summary.endswith(".")
    assert "\n" not in rung.summary
    assert {"digits"} <= rung.uses <= set(SETTINGS)
    assert rung.threads in {0, 1}


@every_rung
def test_its_defaults_are_valid_and_each_has_a_reason(name: str) -> None:
    rung = LADDER[name]
    assert set(rung.defaults) - {"hidden"} == {"lr", "batch_size", "epochs", "loss"}
    assert ("hidden" in rung.defaults) == ("hidden" in rung.uses)
    assert all(default.reason.endswith(".") for default in rung.defaults.values())
    settings = settings_for(name)
    assert {key: getattr(settings, key) for key in rung.defaults} == {k: d.value for k, d in rung.defaults.items()}


@every_rung
def test_its_losses_have_titles_and_no_other_is_taken(name: str) -> None:
    rung = LADDER[name]
    assert set(rung.losses) <= set(SETTINGS["loss"].titles)
    assert rung.defaults["loss"].value in rung.losses
    for loss in SETTINGS["loss"].titles:
        if loss in rung.losses:
            assert settings_for(name, loss=loss).loss == loss
        else:
            with pytest.raises(SettingsError, match=f"{name} cannot learn with the loss {loss!r}"):
                settings_for(name, loss=loss)


@every_rung
def test_the_chapter_s_settings_are_valid(name: str) -> None:
    assert LADDER[name].chapter
    for figure in LADDER[name].chapter:
        settings_for(name, **figure.settings)
        assert set(figure.settings) <= LADDER[name].uses
        assert 0.5 < figure.accuracy < 1
        assert figure.remark


def test_an_unknown_rung_is_named_with_the_known_ones() -> None:
    with pytest.raises(SettingsError, match=r"no model 'svm'.*linear-scratch"):
        settings_for("svm")


@every_rung
def test_its_lesson_can_be_shown_from_its_source(name: str) -> None:
    lesson = LADDER[name].lesson()
    assert lesson
    for part in lesson:
        assert part.__module__.startswith("mnist37.rungs.")
        (shown,) = ast.parse(inspect.getsource(part)).body  # it stands alone, so it is module-level
        assert shown.name == part.__name__
        assert inspect.getdoc(part)


@every_rung
def test_it_tells_its_beginning_every_step_and_every_epoch_in_order(name: str, tiny: Digits) -> None:
    settings = short(name)
    spy = Spy(settings.lr)
    LADDER[name].fit(settings, tiny, spy)
    steps = 0 if name == UNTRAINED else settings.steps_per_epoch(tiny.n_train)
    epochs = 1 if name == UNTRAINED else settings.epochs
    assert spy.calls == ["begin", *(["batch"] * steps + ["epoch"]) * epochs]
    assert all(0 <= accuracy <= 1 for _, accuracy in spy.epochs)
    assert all(isinstance(value, float) for value in (*spy.losses, *np.ravel(spy.epochs).tolist()))


@every_rung
def test_what_begins_is_what_is_trained(name: str, tiny: Digits, told: Teach) -> None:
    """`begin` is given the live weights: what they are at the end is the outcome."""
    settings = short(name)
    torch.set_num_threads(LADDER[name].threads or cores())  # as `train` does: others add in another order
    spy = Spy(settings.lr)
    LADDER[name].fit(settings, tiny, spy)
    outcome = told(settings).outcome
    assert list(spy.weights) == list(outcome.weights)
    assert all(torch.equal(tensor.cpu(), outcome.weights[key]) for key, tensor in spy.weights.items())


class Counting(Spy):
    """Counts the tensors that are alive whenever an epoch ends."""

    def __init__(self, *args: float) -> None:
        super().__init__(*args)
        self.alive: list[int] = []

    def after_epoch(self, valid_loss: float, accuracy: float, valid_logits: torch.Tensor | None = None) -> None:
        gc.collect()
        self.alive.append(sum(issubclass(type(thing), torch.Tensor) for thing in gc.get_objects()))


@pytest.fixture
def frozen() -> Iterator[None]:
    """What other tests left is neither collected nor listed: three looks at all of it took six seconds."""
    gc.freeze()
    yield
    gc.unfreeze()


@every_trained_rung
@pytest.mark.usefixtures("frozen")
def test_a_long_run_keeps_no_more_than_a_short_one(name: str, tiny: Digits) -> None:
    spy = Counting(0.01)
    LADDER[name].fit(short(name, epochs=3), tiny, spy)
    assert spy.alive[2] == spy.alive[1]


@every_rung
def test_its_epochs_are_told(name: str, tiny: Digits, told: Teach) -> None:
    settings = short(name)
    epochs = told(settings).epochs
    if name == UNTRAINED:
        (epoch,) = epochs
        assert (epoch.epoch, epoch.step) == (1, 0)
        assert math.isnan(epoch.train_loss)
        assert math.isnan(epoch.valid_loss)
        return
    per_epoch = settings.steps_per_epoch(tiny.n_train)
    assert [(e.epoch, e.step) for e in epochs] == [(n, n * per_epoch) for n in range(1, settings.epochs + 1)]
    for epoch, losses in zip(epochs, np.split(np.array(told(settings).losses), settings.epochs), strict=True):
        assert epoch.train_loss == pytest.approx(losses.mean())
        assert math.isfinite(epoch.valid_loss)
        assert epoch.seconds > 0


@every_rung
def test_the_accuracy_told_is_that_of_the_weights(name: str, tiny: Digits, told: Teach) -> None:
    settings = short(name)
    answer = predict(settings, told(settings).outcome.weights, tiny.valid_images)
    assert told(settings).epochs[-1].accuracy == pytest.approx((answer.labels == tiny.valid_labels).mean(), abs=1e-6)


@every_rung
def test_it_answers_with_a_number_a_digit(name: str, tiny: Digits, told: Teach) -> None:
    settings, rung = short(name), LADDER[name]
    for n in (0, 1, 5) if name != "resnet18" else (1, 5):
        logits = rung.logits(settings, told(settings).outcome.weights, image_tensor(tiny.valid_images[:n]))
        assert logits.shape == (n,)
        assert logits.dtype == torch.float32
    answer = predict(settings, told(settings).outcome.weights, tiny.valid_images)
    assert (answer.probs is not None) == rung.gives_probability
    if answer.probs is not None:
        np.testing.assert_allclose(answer.probs, 1 / (1 + np.exp(-answer.logits.astype(np.float64))), atol=1e-6)


@every_rung
def test_its_weights_have_the_form_that_it_says(name: str, told: Teach) -> None:
    settings = short(name)
    form, weights = LADDER[name].weights_form(settings), told(settings).outcome.weights
    assert {at: (t.shape, t.dtype) for at, t in form.items()} == {at: (t.shape, t.dtype) for at, t in weights.items()}
    assert all(tensor.is_meta for tensor in form.values())
    assert len(form) > 1


@every_rung
def test_its_module_answers_as_it_does(name: str, tiny: Digits, told: Teach) -> None:
    settings, images = short(name), image_tensor(tiny.valid_images)
    rung, weights = LADDER[name], told(settings).outcome.weights
    with torch.inference_mode():
        torch.testing.assert_close(rung.module(settings, weights)(images), rung.logits(settings, weights, images))


@every_rung
def test_an_answer_does_not_depend_on_the_digits_beside_it(name: str, tiny: Digits, told: Teach) -> None:
    settings = short(name)
    weights = told(settings).outcome.weights
    together = predict(settings, weights, tiny.valid_images[:3]).logits
    alone = [predict(settings, weights, image[None]).logits[0] for image in tiny.valid_images[:3]]
    np.testing.assert_allclose(together, alone, atol=1e-4)


@every_rung
def test_two_threads_are_answered_each_by_its_own_weights(name: str, tiny: Digits, told: Teach) -> None:
    """As two visitors are: the web server has one process, and a thread for each."""
    settings, image = short(name), tiny.valid_images[:1]
    trained = told(settings).outcome.weights
    models = [trained, {key: tensor / 2 if tensor.is_floating_point() else tensor for key, tensor in trained.items()}]
    alone = [predict(settings, weights, image).logits for weights in models]
    assert abs(alone[0] - alone[1]) > 1e-4

    def ask(weights: Weights) -> list[np.ndarray]:
        return [predict(settings, weights, image).logits for _ in range(100)]

    torch.set_num_threads(1)
    with ThreadPoolExecutor(2) as visitors:
        for said, expected in zip(visitors.map(ask, models), alone, strict=True):
            np.testing.assert_allclose(np.stack(said), np.stack([expected] * 100), rtol=1e-4, atol=1e-5)


@every_rung
def test_its_first_layer_is_a_picture(name: str, told: Teach) -> None:
    settings, rung = short(name), LADDER[name]
    shape = PICTURES.get(name, (1, 28, 28))
    arrays = {key: tensor.numpy() for key, tensor in told(settings).outcome.weights.items()}
    for weights in (arrays, *told(settings).snapshots.values()):
        pictures = rung.first_layer(weights)
        assert pictures.shape == shape
        assert pictures.dtype == np.float32
    parts = rung.parts(settings, arrays)
    assert not isinstance(parts, HiddenUnits) or parts.votes.shape == shape[:1]


@every_rung
def test_its_weights_survive_the_file(name: str, tiny: Digits, told: Teach) -> None:
    settings = short(name)
    weights = told(settings).outcome.weights
    again = safetensors.torch.load(weights_to_bytes(weights))
    assert set(again) == set(weights)
    before, after = (predict(settings, w, tiny.valid_images).logits for w in (weights, again))
    np.testing.assert_array_equal(before, after)


@pytest.mark.parametrize(
    ("name", "pair"),
    [(name, pair) for name in LADDER for pair in ("4,9", "9,4") if (name, pair) != ("resnet18", "9,4")],
)
def test_it_learns_any_two_digits(name: str, pair: str) -> None:
    """The accuracy does not hang on which of the two is the first one."""
    settings = settings_for(name, digits=pair, epochs=2)
    digits = load_digits(EMBEDDED, classes=settings.classes)
    if name == "resnet18":
        digits, settings = fewer(digits, 400, 20), settings.replace(batch_size=20)
    told = teach(settings, digits)
    assert told.epochs[-1].accuracy > (0.7 if name in {UNTRAINED, "resnet18"} else 0.85)
    assert set(told.outcome.weights) == set(get_rung(name).weights_form(settings))
    answers = predict(settings, told.outcome.weights, digits.valid_images)
    assert (answers.labels == digits.valid_labels).mean() == pytest.approx(told.epochs[-1].accuracy)


def test_other_digits_than_the_settings_say_are_refused(tiny: Digits) -> None:
    with pytest.raises(SettingsError, match=r"The settings say 4,9, and the digits are 3,7"):
        teach(settings_for("linear-scratch", digits="4,9"), tiny)


@every_rung
def test_the_same_seed_gives_the_same_bits(name: str, tiny: Digits, told: Teach) -> None:
    first, again = told(short(name)), teach(short(name), tiny)
    assert first.losses == again.losses
    assert [e.valid_loss for e in first.epochs[:-1]] == [e.valid_loss for e in again.epochs[:-1]]
    assert all(torch.equal(tensor, again.outcome.weights[key]) for key, tensor in first.outcome.weights.items())


@every_trained_rung
def test_another_seed_gives_other_batches_and_weights(name: str, told: Teach) -> None:
    first, other = told(short(name)), told(short(name, seed=1))
    assert first.losses[0] != other.losses[0]
    key = next(iter(first.outcome.weights))
    assert not np.array_equal(first.snapshots[0][key], other.snapshots[0][key])


@every_trained_rung
def test_stop_takes_no_further_step_and_keeps_weights(name: str, tiny: Digits, told: Teach, tell_at_once: None) -> None:
    control = Control()
    stopped = teach(short(name), tiny, control, after_step(2, control.stop))
    assert stopped.outcome.status is Status.STOPPED
    assert stopped.outcome.reason == "Stopped after step 2."
    assert stopped.losses == told(short(name)).losses[:2]
    assert stopped.epochs == []
    last = stopped.snapshots[2]
    assert all(np.array_equal(array, stopped.outcome.weights[key]) for key, array in last.items())
    assert predict(short(name), stopped.outcome.weights, tiny.valid_images).logits.shape == (50,)


@every_rung
@pytest.mark.parametrize("paused", [False, True])
def test_stop_before_the_beginning_takes_no_step(name: str, paused: bool, tiny: Digits) -> None:
    control = Control()
    control.stop()
    if paused:
        control.pause()
    stopped = teach(short(name), tiny, control)
    assert stopped.outcome.status is Status.STOPPED
    assert stopped.losses == []
    assert stopped.outcome.weights


@every_rung
def test_a_learning_rate_turned_before_the_beginning_is_taken(name: str, tiny: Digits, told: Teach) -> None:
    control = Control()
    control.set_lr(0.003)
    turned, asked = teach(short(name), tiny, control), told(short(name, lr=0.003))
    assert turned.lrs == asked.lrs
    np.testing.assert_allclose(turned.losses, asked.losses, rtol=1e-4)


SIZES = [1, 7, 49, 50, 51, 20_000]


@every_trained_rung
@pytest.mark.parametrize("batch_size", SIZES)
def test_any_batch_size_trains_or_is_refused_with_a_reason(name: str, batch_size: int, tiny: Digits) -> None:
    settings = short(name, batch_size=batch_size, epochs=1)
    if name == "resnet18" and tiny.n_train % batch_size == min(1, batch_size - 1):  # see mnist37.rungs.resnet18
        with pytest.raises(SettingsError, match="batch"):
            teach(settings, tiny)
        return
    assert len(teach(settings, tiny).losses) == math.ceil(50 / batch_size)


@pytest.mark.parametrize(
    "name", [name for name in LADDER if name not in {UNTRAINED, "resnet18"}]
)  # minutes: see test_suggestion.py
def test_its_learning_rate_can_be_searched_for(name: str, few: Callable[[int], Digits]) -> None:
    digits, settings = few(120), settings_for(name, batch_size=8)
    curve = LADDER[name].find_lr(settings, digits)
    assert len(curve.lrs) == len(curve.losses) > 20
    assert list(curve.lrs) == sorted(curve.lrs)
    assert all(math.isfinite(loss) for loss in curve.losses)
    assert curve.suggestion is not None
    assert curve.lrs[0] <= curve.suggestion <= curve.lrs[-1]
    assert 1e-4 < curve.suggestion < 50
    assert curve == LADDER[name].find_lr(settings, digits)


def test_where_nothing_is_trained_there_is_no_rate_to_find(tiny: Digits) -> None:
    with pytest.raises(SettingsError, match="nothing is trained"):
        LADDER[UNTRAINED].find_lr(settings_for(UNTRAINED), tiny)


@pytest.fixture(scope="module")
def ten() -> Digits:
    """Return 400 train and 200 valid digits of all ten."""
    digits = load_digits(EMBEDDED, classes=ALL_TEN)
    some, held = (np.arange(offset, n, step) for offset, n, step in ((3, digits.n_train, 10), (1, digits.n_valid, 5)))
    return Digits(
        digits.train_images[some], digits.train_labels[some], digits.valid_images[held], digits.valid_labels[held],
        digits.source, classes=ALL_TEN,
    )  # fmt: skip


@pytest.fixture(scope="module")
def told_of_ten(ten: Digits) -> Teach:
    return cache(lambda settings: teach(settings, ten))


def of_ten(name: str) -> Settings:
    return settings_for(name, digits="all", **({"epochs": 3, "batch_size": 16} if name == "resnet18" else {}))


@every_rung
def test_it_learns_all_ten_digits(name: str, ten: Digits, told_of_ten: Teach) -> None:
    """Its accuracy is far above that of a guess, 1 of 10, and the reported one is that of its predictions."""
    told = told_of_ten(of_ten(name))
    answers = predict(of_ten(name), told.outcome.weights, ten.valid_images)
    right = float((answers.labels == ten.valid_labels).mean())
    assert answers.logits.shape == (ten.n_valid, 10)
    assert right == pytest.approx(told.epochs[-1].accuracy, abs=0.01 if name == "resnet18" else 1e-6)
    assert right > 0.7
    assert not told.outcome.reason
    assert {n: t.shape for n, t in LADDER[name].weights_form(of_ten(name)).items()} == {
        n: t.shape for n, t in told.outcome.weights.items()
    }
    if LADDER[name].gives_probability:
        np.testing.assert_allclose(answers.probs.sum(1), 1, atol=1e-5)
        assert (answers.probs.argmax(1) == answers.labels).all()
    if LADDER[name].look.is_of_digits:
        arrays = {n: t.numpy() for n, t in told.outcome.weights.items()}
        assert LADDER[name].first_layer(arrays).shape == (10, 28, 28)


@every_rung
@pytest.mark.parametrize("pair", [(3, 8), (9, 4), (0, 1)])
def test_one_of_ten_tells_any_two_apart_by_the_difference_of_their_answers(
    name: str, pair: tuple[int, int], ten: Digits, told_of_ten: Teach
) -> None:
    settings, weights = of_ten(name), told_of_ten(of_ten(name)).outcome.weights
    two, weights_of_two = between(settings, weights, Classes(pair))
    images = ten.valid_images[::10]
    expected = predict(settings, weights, images).logits[:, pair]
    found = predict(two, weights_of_two, images).logits
    np.testing.assert_allclose(found, expected[:, 0] - expected[:, 1], atol=2e-4, rtol=1e-4)
    explained = explain(two, weights_of_two, images[0])
    assert explained.logit == pytest.approx(float(found[0]), abs=2e-4, rel=1e-4)


@every_rung
def test_one_of_ten_is_turned_to_any_other_digit(name: str, ten: Digits, told_of_ten: Teach) -> None:
    settings, weights = of_ten(name), told_of_ten(of_ten(name)).outcome.weights
    image = ten.valid_images[60]
    said = int(predict(settings, weights, image[None]).labels[0])
    targets = [(said + 3) % 10] if name == "resnet18" else [digit for digit in range(10) if digit != said]
    for digit in targets:
        turned = flip(settings, weights, image, digit)
        assert turned.flipped
        assert int(predict(settings, weights, turned.image[None]).labels[0]) == turned.to == digit
        np.testing.assert_array_equal(turned.difference, turned.image.astype(int) - image)
    logits = predict(settings, weights, image[None]).logits[0]
    assert flip(settings, weights, image).to == int(np.argsort(-logits)[1])


@pytest.mark.parametrize("name", ["linear-scratch", "simple-net"])
def test_a_rate_is_found_for_ten_digits(name: str, ten: Digits) -> None:
    found = LADDER[name].find_lr(settings_for(name, digits="all"), ten)
    assert found.suggestion is not None
