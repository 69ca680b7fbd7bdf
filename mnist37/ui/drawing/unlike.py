"""A warning on drawings that are none of the digits to tell apart: no model here can reject them by itself."""

import streamlit as st

from mnist37.classes import Classes, a_digit
from mnist37.data import Digits, Prepared
from mnist37.explain import Likeness, Resemblance

DOT_SHARE = 1 / 8
"""A drawing no wider and no higher than this share of the sheet is a dot; scaled up, it would be a disk."""

FULL_SHARE = 0.75
"""Above this share of ink in its box, a drawing is a straight line or filled. MNIST's digits have 0.68 at most."""

KNOWS_NO_MORE = "The models below say {} all the same: they know nothing else, and cannot reject {} by themselves."


def say_if_unlike(digits: Digits, drawn: Prepared | None) -> None:
    """Warn if the drawing resembles none of the digits, and show how that is decided."""
    if drawn is None:
        st.caption("Draw on the black square, or take one of the digits below.")
        return
    classes = digits.classes
    found = _likeness(digits.fingerprint, digits).of(drawn.image)
    why = _obvious(drawn) or (_unlike_words(found, classes) if found.is_unlike else "")
    if why:
        some = classes.words if classes.is_pair else "one of the ten"
        knows = KNOWS_NO_MORE.format(some, _stranger(classes))
        st.warning(f"**This looks like {classes.none_of_them}.** {why} {knows}", icon=":material/help:")
    else:
        st.caption(
            f"Close to a training {found.nearest_digit} (distance {found.distance:.2f}; up to "
            f"{found.limit:.2f} is normal). {_only_known(classes)}",
        )


def _stranger(classes: Classes) -> str:
    """Return what the models do not know, as an example."""
    return a_digit(next(digit for digit in (4, 5, 6) if digit not in classes.digits)) if classes.is_pair else "a letter"


def _only_known(classes: Classes) -> str:
    if not classes.is_pair:
        return f"The models know the ten digits only: of {_stranger(classes)} they say one of the ten."
    known = f"{classes.first}s and {classes.other}s"
    return f"The models know {known} only: of {_stranger(classes)} they say one of the two."


def _unlike_words(found: Resemblance, classes: Classes) -> str:
    if found.is_other_digit:
        return (
            f"The closest of 4,000 other digits is {a_digit(found.other_digit)} (distance {found.other_distance:.2f}). "
            f"The closest training {classes.words} is further away ({found.distance:.2f})."
        )
    return f"The closest training digit is {found.distance:.2f} away (up to {found.limit:.2f} is normal)."


def _obvious(drawn: Prepared) -> str:
    """Return the reason if the drawing needs no comparison with digits: a dot, a line or a filled shape; else empty."""
    left, top, right, bottom = drawn.box
    if max(right - left, bottom - top) <= DOT_SHARE * max(drawn.ink.shape):
        return "It is a dot."
    if ink_share(drawn) > FULL_SHARE:
        return "It fills the box around it: a straight line, or a filled shape."
    return ""


def ink_share(drawn: Prepared) -> float:
    """Return the share of ink in the ink's box, in [0, 1]."""
    return float((drawn.fitted > 127).mean())


@st.cache_resource(show_spinner=False, max_entries=2)
def _likeness(fingerprint: str, _digits: Digits) -> Likeness:  # noqa: ARG001 - the cache key
    return Likeness(_digits)
