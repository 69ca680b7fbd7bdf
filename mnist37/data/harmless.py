"""Make text from an untrusted source plain, so that it can be shown.

This module uses nothing else of the project.
"""

import unicodedata

LONGEST_TEXT = 1000
_MEANT_FOR_MARKDOWN = str.maketrans({"[": "(", "]": ")", "<": "‹", ">": "›", "`": "'", "$": "＄", "\\": "/", "*": "·"})


def plain(text: str) -> str:
    """Return the text as one line, without control or invisible characters, at most `LONGEST_TEXT` characters long."""
    shown = (letter if unicodedata.category(letter)[0] != "C" else " " for letter in text[:LONGEST_TEXT])
    return "".join(shown).strip()


def harmless(text: str) -> str:
    """Return the text as plain words, without anything that Markdown or HTML would interpret."""
    return plain(text).translate(_MEANT_FOR_MARKDOWN)
