"""A two-layer net's answer taken apart: which hidden units fired, and each one's share of the logit."""

import streamlit as st

from mnist37.explain import UnitShares
from mnist37.ui.explanations.pixels import factors, one_picture, signed
from mnist37.ui.live.nodes import Picture, choose_picture, live_pictures
from mnist37.ui.visit import OPENED_UNIT
from mnist37.ui.widgets.words import percent

SIZE, SHOWN, UNIT_SIZE = 64, 20, 140


def unit_shares(shares: UnitShares, key: str) -> None:
    """Every unit's picture × image, by its share; one of them opened."""
    count = len(shares.shares)
    st.markdown(
        f"**{shares.n_fired} of {count}** units fired. For a 3: **{signed(shares.for_3)}** · "
        f"for a 7: **{signed(shares.for_7)}** · bias: **{signed(shares.bias)}** · "
        f"together, the logit: **{signed(shares.logit)}** · its sigmoid: **{percent(shares.prob_3)}** a 3"
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
    _one(shares, opened, key)


def _unit(shares: UnitShares, unit: int) -> Picture:
    fired = shares.fired[unit] > 0
    said = signed(float(shares.shares[unit])) if fired else "silent"
    alt = f"Unit {unit + 1}: {said}"
    return Picture(one_picture(shares.unit(unit).shares), said, alt, SIZE, str(unit))


def _one(shares: UnitShares, unit: int, key: str) -> None:
    inside = shares.unit(unit)
    before, vote = float(shares.before[unit]), float(shares.votes[unit])
    st.markdown(f"**Unit {unit + 1}**")
    live_pictures(factors(inside, UNIT_SIZE), key=f"{key}_unit", alt=f"Unit {unit + 1}: image × weights")
    ends = (
        f"**{signed(float(shares.shares[unit]))}** of the logit" if before > 0 else "**silent**: nothing of the logit"
    )
    st.markdown(
        f"Its pixels add up to {signed(inside.up + inside.down)}, with its bias {signed(inside.bias)} that is "
        f"**{signed(before)}** · ReLU → {max(before, 0.0):.2f} · × its vote {signed(vote)} = {ends}"
    )


def open_unit(value: str) -> None:
    """Open a unit, by its number as text: here and on Weights."""
    OPENED_UNIT.set(int(value))
