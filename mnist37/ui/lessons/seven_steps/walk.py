"""The seven steps with a button each: the effect of a step, the tensors so far, and the weights as pictures."""

import inspect
import textwrap

import numpy as np
import streamlit as st
from torch import Tensor

from mnist37.lessons.seven_steps.lesson import STEPS, SevenSteps, Walk
from mnist37.ui.lessons.shared.data import is_large, lesson_rows
from mnist37.ui.live.nodes import Picture, live_pictures
from mnist37.ui.live.notices import says_errors
from mnist37.ui.live.pictures import ink_picture
from mnist37.ui.shell.session import keep
from mnist37.ui.visit import WALK
from mnist37.ui.widgets.colours import diverging_png, shared_limit
from mnist37.ui.widgets.labels import hinted
from mnist37.ui.widgets.numbers import percent
from mnist37.ui.widgets.words import digit_word

SIZE, RATE = "seven_steps_size", "seven_steps_lr"
ALL = "all"
SIZES = (1, 16, 64, 256, ALL)
RATES = (0.01, 0.1, 0.3, 1.0, 3.0, 10.0)
SHOWN = 8
PICTURE = 150


@st.fragment
@says_errors
def walk() -> None:
    """Show the buttons, the effect of the last step, and the current state."""
    keep(SIZE, 256 if is_large() else 64)
    keep(RATE, 1.0)
    walked = _walk()
    _buttons(walked)
    left, right = st.columns([1.15, 1], gap="large")
    with left:
        _pictures(walked)
        _validation(walked)
        _knobs()
    with right:
        _show_last_step(walked)
        st.markdown(_tensors(walked))


def _walk() -> Walk:
    walked = WALK.get()
    if walked is None:
        walked = _new_walk()
        WALK.set(walked)
    return walked


def _new_walk() -> Walk:
    data, size = lesson_rows(), st.session_state[SIZE]
    return Walk(data, st.session_state[RATE], len(data.train_x) if size == ALL else size)


def _restart() -> None:
    WALK.set(_new_walk())


def _run_step(step: str) -> None:
    if step == "init":
        _restart()
    else:
        _walk().do(step)


def _buttons(walked: Walk) -> None:
    following = next(step for step in (*STEPS[1:], "predict") if walked.can(step))
    with st.container(horizontal=True, gap="small"):
        for number, step in enumerate(STEPS, 1):
            st.button(
                f"{number} {step.capitalize()}",
                key=f"seven_steps_{step}",
                type="primary" if step == following else "secondary",
                disabled=step != "init" and not walked.can(step),
                on_click=_run_step,
                args=(step,),
            )


def _show_last_step(walked: Walk) -> None:
    """Show the last step in words and as the code that ran."""
    method = getattr(SevenSteps, walked.did)
    number = STEPS.index(walked.did) + 1
    st.markdown(f"**{number} {walked.did.capitalize()}** · {inspect.getdoc(method)}")
    st.code(body_of(method), language="python")


def body_of(method: object) -> str:
    """Return a method's body as text, without its signature and docstring."""
    lines = inspect.getsource(method).splitlines()[2:]  # type: ignore[arg-type]
    return textwrap.dedent("\n".join(lines))


def _tensors(walked: Walk) -> str:
    """Return the tensors so far as a Markdown table: name, shape, range of values."""
    steps = walked.steps
    has_batch, has_loss = steps.losses or walked.did == "predict", bool(steps.losses)
    there = [("weights", steps.weights), ("bias", steps.bias)]
    if has_batch:
        there += [("xb", steps.xb), ("yb", steps.yb), ("preds", steps.preds)]
    rows = [_row(name, tensor) for name, tensor in there]
    if has_loss and walked.did != "predict":
        rows.append(f"| `loss` | `()` | **{steps.batch_loss.item():.4f}** |")
    grad = steps.weights.grad
    rows.append(f"| `weights.grad` | {'–' if grad is None else _shape(grad)} | {_grad_words(grad)} |")
    return "\n".join(["| tensor | shape | from … to |", "| --- | --- | --- |", *rows])


def _row(name: str, tensor: Tensor) -> str:
    return f"| `{name}` | {_shape(tensor)} | {_span(tensor)} |"


def _span(tensor: Tensor) -> str:
    low, high = (f"{edge.item():.3g}".replace("-", "−") for edge in tensor.aminmax())
    return low if low == high else f"{low} … {high}"


def _shape(tensor: Tensor) -> str:
    return f"`{list(tensor.shape)}`"


def _grad_words(grad: Tensor | None) -> str:
    if grad is None:
        return "none yet"
    return _span(grad) if grad.any() else "all 0"


def _knobs() -> None:
    size, rate = st.columns(2)
    size.select_slider(hinted("Batch size", "starts anew"), SIZES, key=SIZE, format_func=str, on_change=_restart)
    rate.select_slider("Learning rate", RATES, key=RATE, format_func="{:g}".format, on_change=_set_lr)


def _set_lr() -> None:
    _walk().steps.lr = st.session_state[RATE]


def _pictures(walked: Walk) -> None:
    live_pictures(_batch(walked), key="seven_steps_batch", alt="The first digits of the mini-batch, and what it says")
    st.markdown(_batch_words(walked))
    pictures = [_signed("weights before", walked.before)]
    if walked.grad is not None:
        pictures.append(_signed("− lr × gradient" if walked.did == "step" else "− gradient", -walked.grad))
    pictures.append(_signed("weights now", walked.after))
    live_pictures(pictures, key="seven_steps_weights", alt="The weights before and after, and the gradient between")
    st.caption("Orange speaks for a 3, blue for a 7; each picture has a scale of its own.")


def _batch(walked: Walk) -> list[Picture]:
    steps = walked.steps
    if not steps.losses and walked.did == "init":
        images = [image.reshape(28, 28).numpy() for image in steps.data.train_x[:SHOWN]]
        return [ink_picture(image, 64, "?", "A training digit") for image in images]
    probs = steps.preds[:SHOWN].detach().sigmoid().flatten().tolist()
    labels = steps.yb[:SHOWN].flatten().tolist()
    images = [image.reshape(28, 28).numpy() for image in steps.xb[:SHOWN]]
    return [
        ink_picture(image, 64, f"{prob:.0%} 3{'' if (prob > 0.5) == bool(label) else ' ✗'}", f"A {digit_word(label)}")
        for image, prob, label in zip(images, probs, labels, strict=True)
    ]


def _batch_words(walked: Walk) -> str:
    steps = walked.steps
    if not steps.losses and walked.did == "init":
        return ":gray[No mini-batch was taken yet.]"
    right = ((steps.preds > 0) == (steps.yb == 1)).sum().item()
    return f"This mini-batch: **{right} of {len(steps.xb)}** classified correctly before the step."


def _signed(caption: str, values: Tensor) -> Picture:
    picture = values.detach().reshape(28, 28).numpy().astype(np.float32)
    limit = shared_limit(picture)
    return Picture(diverging_png(picture, limit), f"{caption} (±{limit:.2g})", f"{caption} as a picture", PICTURE)


def _validation(walked: Walk) -> None:
    last = walked.judged[-1]
    when = f"after {last.batches:,} mini-batches" if last.batches else "before any learning"
    words = f"**{percent(last.accuracy)}** of the validation digits right, loss {last.valid_loss:.4f}, {when}."
    if walked.did == "stop" and len(walked.judged) > 2:
        gained = last.accuracy - walked.judged[-2].accuracy
        words += (
            " The last epoch brought no more: stop." if gained <= 0 else f" The last epoch brought {percent(gained)}."
        )
    st.markdown(words)
