"""Explanation of a two-layer net's answer: which hidden units fired, and each one's share of the logit."""

import streamlit as st

from mnist37.classes import Classes, a_digit
from mnist37.explain import UnitShares
from mnist37.ui.explanations.pair import TwoDigits
from mnist37.ui.explanations.pixels import factors, one_picture
from mnist37.ui.live.nodes import Picture, choose_picture, live_pictures
from mnist37.ui.visit import OPENED_UNIT
from mnist37.ui.widgets.numbers import signed_decimal

SIZE, SHOWN, UNIT_SIZE = 64, 20, 140


def unit_shares(shares: UnitShares, model: TwoDigits, key: str) -> None:
    """Show every unit's picture × image, sorted by its share; one of them opened."""
    count = len(shares.shares)
    first, other = map(a_digit, model.classes.digits)
    st.markdown(
        f"**{shares.n_fired} of {count}** units fired. For {first}: **{signed_decimal(shares.for_first)}** · "
        f"for {other}: **{signed_decimal(shares.for_other)}** · bias: **{signed_decimal(shares.bias)}** · "
        f"together, {model.logit_words}: **{signed_decimal(shares.logit)}** · {model.prob_words(shares.prob_first)}"
    )
    order = [int(unit) for unit in shares.order[:SHOWN]]
    opened = OPENED_UNIT.get()
    if opened is None or opened >= count:
        opened = order[0]
    pictures = [_unit(shares, unit) for unit in order]
    choose_picture(pictures, open_unit, key=f"{key}_units", alt="Image × each unit's weights", chosen=str(opened))
    st.caption(
        "Each picture is image × that unit's weights, below it the unit's share of the logit. Click one to open it."
    )
    _one(shares, opened, model.classes, key)


def _unit(shares: UnitShares, unit: int) -> Picture:
    fired = shares.fired[unit] > 0
    words = signed_decimal(float(shares.shares[unit])) if fired else "silent"
    alt = f"Unit {unit + 1}: {words}"
    return Picture(one_picture(shares.unit(unit).shares), words, alt, SIZE, str(unit))


def _one(shares: UnitShares, unit: int, classes: Classes, key: str) -> None:
    inside = shares.unit(unit)
    before, vote = float(shares.before[unit]), float(shares.votes[unit])
    st.markdown(f"**Unit {unit + 1}**")
    live_pictures(factors(inside, UNIT_SIZE, classes), key=f"{key}_unit", alt=f"Unit {unit + 1}: image × weights")
    ends = (
        f"**{signed_decimal(float(shares.shares[unit]))}** of the logit"
        if before > 0
        else "**silent**: nothing of the logit"
    )
    st.markdown(
        f"Its pixels add up to {signed_decimal(inside.up + inside.down)}, "
        f"with its bias {signed_decimal(inside.bias)} that is "
        f"**{signed_decimal(before)}** · ReLU → {max(before, 0.0):.2f} · × its vote {signed_decimal(vote)} = {ends}"
    )


def open_unit(value: str) -> None:
    """Open a unit, by its index as text: on Draw, Inside and Weights."""
    OPENED_UNIT.set(int(value))
