"""Times as the visitor's own clock shows them."""

import contextlib
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st


def visitor_zone() -> tzinfo:
    """The time zone that the visitor's browser tells; UTC where it tells none that is known here."""
    with contextlib.suppress(ZoneInfoNotFoundError, ValueError):  # no such zone, or a machine that knows none
        return ZoneInfo(st.context.timezone or "UTC")
    return UTC


def visitor_time(when: float) -> datetime:
    """Seconds since 1970 (UTC) as a time in the visitor's zone."""
    return datetime.fromtimestamp(when, UTC).astimezone(visitor_zone())


def clock(when: float) -> str:
    """Seconds since 1970 (UTC) in a few characters: today's without the date."""
    then = visitor_time(when)
    is_today = then.date() == datetime.now(then.tzinfo).date()
    return then.strftime("%H:%M:%S" if is_today else "%Y-%m-%d %H:%M:%S")
