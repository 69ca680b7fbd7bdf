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


def clock(when: float, zone: tzinfo | None = None) -> str:
    """Return seconds since 1970 (UTC) as a short text in the visitor's zone; times of today have no date."""
    zone = zone or visitor_zone()
    then = datetime.fromtimestamp(when, zone)
    is_today = then.date() == datetime.now(zone).date()
    return then.strftime("%H:%M:%S" if is_today else "%Y-%m-%d %H:%M:%S")
