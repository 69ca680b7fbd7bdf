"""Text from a stranger as plain words, so that it can be shown.

This module knows nothing else of the project.
"""

import unicodedata

LONGEST_TEXT = 1000
_MEANT_FOR_MARKDOWN = str.maketrans({"[": "(", "]": ")", "<": "‹", ">": "›", "`": "'", "$": "＄", "\\": "/", "*": "·"})


def plain(text: str) -> str:
    """Text of one line that shows as what it is: no control characters, nothing invisible, not too long."""
    shown = (letter if unicodedata.category(letter)[0] != "C" else " " for letter in text[:LONGEST_TEXT])
    return "".join(shown).strip()


def harmless(text: str) -> str:
    """Text from a stranger as plain words: none of it means anything to Markdown or HTML."""
    return plain(text).translate(_MEANT_FOR_MARKDOWN)
