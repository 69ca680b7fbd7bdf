"""Text with names in it, so that Markdown shows it as it is: names are names, also where they look like markup."""

import re

from mnist37.data.harmless import plain

_MEANT_FOR_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#!|~<>$&])")
_EMOJI = re.compile(r":(?=[\w+-]+:)")
_JOINER = "\u2060"  # invisible; it keeps :smiley: from being taken for a picture, which a backslash does not


def literal(text: str) -> str:
    """Return Markdown that shows this text as it is, on one line; what would be invisible is left out."""
    return _EMOJI.sub(f":{_JOINER}", _MEANT_FOR_MARKDOWN.sub(r"\\\1", plain(text)))
