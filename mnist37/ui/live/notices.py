"""Notices and errors on a page; and Markdown that shows text with names in it unchanged."""

import re
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import streamlit as st

from mnist37.data.harmless import plain
from mnist37.errors import Mnist37Error
from mnist37.ui.visit import NOTICES

P = ParamSpec("P")
T = TypeVar("T")

_MEANT_FOR_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#!|~<>$&])")
_EMOJI = re.compile(r":(?=[\w+-]+:)")
_JOINER = "\u2060"  # invisible; it prevents that :smiley: becomes a picture, which a backslash does not


def notify(text: str, icon: str) -> None:
    """Show a notice at the next run of the page, as that run replaces what a callback shows."""
    NOTICES.keep().append((text, f":material/{icon}:"))


def show_notices() -> None:
    """Show the notices since the page's last run."""
    for text, icon in NOTICES.pop():
        st.toast(text, icon=icon, duration="long")


def error_words(error: Mnist37Error) -> str:
    """Return Markdown of the error and its remedy; the names in it are shown unchanged."""
    return f"**{literal(error.message)}** {literal(error.remedy)}"


def says_errors(function: Callable[P, T]) -> Callable[P, T | None]:
    """Make a page or a fragment show the error and its remedy instead of a traceback."""

    @wraps(function)
    def careful(*args: P.args, **kwargs: P.kwargs) -> T | None:
        try:
            return function(*args, **kwargs)
        except Mnist37Error as error:
            st.error(error_words(error), icon=":material/error:")
            return None

    return careful


def toasts_errors(callback: Callable[P, None]) -> Callable[P, None]:
    """Make a button's callback show the error and its remedy; the page stays as it was."""

    @wraps(callback)
    def careful(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            callback(*args, **kwargs)
        except Mnist37Error as error:
            notify(error_words(error), "error")

    return careful


def literal(text: str) -> str:
    """Return Markdown that shows this text unchanged, on one line, without invisible characters."""
    return _EMOJI.sub(f":{_JOINER}", _MEANT_FOR_MARKDOWN.sub(r"\\\1", plain(text)))
