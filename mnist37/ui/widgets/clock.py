"""Times in the visitor's time zone."""

import contextlib
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st


def visitor_zone() -> tzinfo:
    """Return the time zone of the visitor's browser; UTC if it gives none that is known here."""
    with contextlib.suppress(ZoneInfoNotFoundError, ValueError, OSError):  # no such zone, or no zone data here
        return ZoneInfo(st.context.timezone or "UTC")
    return UTC


def visitor_time(when: float) -> datetime:
    """Return seconds since 1970 (UTC) as a time in the visitor's zone."""
    return datetime.fromtimestamp(when, UTC).astimezone(visitor_zone())


def clock(when: float) -> str:
    """Return seconds since 1970 (UTC) as a short text; times of today have no date."""
    then = visitor_time(when)
    is_today = then.date() == datetime.now(then.tzinfo).date()
    return then.strftime("%H:%M:%S" if is_today else "%Y-%m-%d %H:%M:%S")
