"""Labels and frames that a screen reader and a keyboard can use."""

from html import escape


def hinted(name: str, hint: str) -> str:
    """Return a widget's label: its name, and a hint that look.css makes small and grey.

    A screen reader reads a label as plain text, so it must contain no markup: the hint is a separate paragraph.
    """
    return f"{name}\n\n{hint}"


def scrolling(html: str, about: str) -> str:
    """Return HTML in a frame that scrolls, by keyboard too, if it is too wide; `about` is its accessible name."""
    return f'<div class="scrolls" role="group" tabindex="0" aria-label="{escape(about)}">{html}</div>'
