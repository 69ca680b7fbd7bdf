"""What a model saw of a drawing and what it says, in pictures and words."""

import streamlit as st

from mnist37.data import Prepared
from mnist37.engine import Engine
from mnist37.ui.colours import SEVEN, THREE
from mnist37.ui.judge import Verdict, judge
from mnist37.ui.live import live_pictures
from mnist37.ui.pictures import digit_picture

BOX_SIZE, IMAGE_SIZE = 140, 224
ALMOST = 0.75
"""Below this probability the model is as good as undecided, and the page says so."""


def what_it_saw(prepared: Prepared | None) -> None:
    """The drawing on its way to the model: cut out and scaled into 20x20, then centred by mass in 28x28."""
    st.markdown("**What the model saw**", help=SAW_HELP)
    if prepared is None or prepared.is_blank:
        st.caption("Your drawing appears here as 28 by 28 greys.")
        return
    image = digit_picture(prepared.image, IMAGE_SIZE, "28 × 28, centred by mass", "Your drawing as the model saw it")
    fitted = digit_picture(
        prepared.fitted, BOX_SIZE, "cut out, scaled into 20 × 20", "Your drawing, cut out and scaled"
    )
    live_pictures([image, fitted], key="saw", alt="Your drawing on its way to the model")


SAW_HELP = (
    "MNIST's makers cut each digit out, scaled it into 20 by 20 pixels and placed it so that its centre of mass lies "
    "in the middle of 28 by 28. A model trained on such digits wants yours prepared the same way."
)


def what_it_says(engine: Engine, run_id: str, prepared: Prepared | None) -> None:
    """The verdict, or what is missing for one."""
    if prepared is None or prepared.is_blank:
        st.markdown("### Draw something")
        st.write("Draw a 3 or a 7 on the black square: with the mouse, a pen or a finger.")
        return
    verdict = judge(engine, run_id, prepared.image)
    if verdict is None:
        st.info("This model still learns and answers when it is done. Wait for it, or choose another one above.")
        return
    st.markdown(f"### {_sentence(verdict)}")
    if verdict.prob_3 is None:
        st.write(_distance_words(verdict))
    else:
        st.html(_bar(verdict.prob_3))
        st.caption(f"Its raw answer, the logit, is {verdict.logit:+.3f}: above 0 says 3, below 0 says 7.")
    st.caption("It knows threes and sevens only: whatever you draw, it says one of the two.")


def short_verdict(verdict: Verdict) -> str:
    """HTML of the verdict for a small place: what it says, and how sure it is."""
    said = f'<strong style="font-size:1.3rem">{_sentence(verdict)}</strong>'
    return said + (f"<div>{_distance_words(verdict)}</div>" if verdict.prob_3 is None else _bar(verdict.prob_3))


def _sentence(verdict: Verdict) -> str:
    if verdict.prob is not None and verdict.prob < ALMOST:
        return f"Perhaps a {verdict.digit}: it can hardly tell"
    return f"It is a {verdict.digit}"


def _distance_words(verdict: Verdict) -> str:
    return f"Your drawing is nearer to the mean {verdict.digit}, by {abs(verdict.logit):.4f} of the range from 0 to 1."


def _bar(prob_3: float) -> str:
    """Both probabilities as one bar that they share, seven on the left."""
    label = f"7: {1 - prob_3:.1%}, 3: {prob_3:.1%}"
    part = "display:flex;align-items:center;height:2.2rem;color:#fff;font-weight:600;overflow:hidden;white-space:nowrap"
    return f"""<div role="img" aria-label="{label}" style="display:flex;border-radius:.5rem;overflow:hidden">
<div style="{part};width:{1 - prob_3:.2%};background:{SEVEN}"></div>
<div style="{part};width:{prob_3:.2%};background:{THREE}"></div></div>
<div style="display:flex;justify-content:space-between;font-variant-numeric:tabular-nums" aria-hidden="true">
<span>7: {1 - prob_3:.1%}</span><span>3: {prob_3:.1%}</span></div>"""
