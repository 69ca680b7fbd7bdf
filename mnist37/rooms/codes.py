"""The code of a room, and a student's nickname: how they are made, read and cleaned."""

import secrets

from mnist37.data.harmless import plain
from mnist37.errors import RoomError

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Letters and digits that are not mistaken for each other: no I, L and O, no 0 and 1."""
CODE_LENGTH = 6
"""887 million codes, so that guessing finds none within the allowed tries."""
NICKNAME_LENGTH = 20


def new_code() -> str:
    """Return a random code."""
    return "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))


def clean_code(text: str) -> str:
    """Return the code in a text that was typed: capitals, without spaces and dashes; empty if it is not a code."""
    code = "".join(letter for letter in text.upper() if not letter.isspace() and letter != "-")
    return code if len(code) == CODE_LENGTH and all(letter in LETTERS for letter in code) else ""


def spaced(code: str) -> str:
    """Return a code for people to read: "ABC 234"."""
    return f"{code[:3]} {code[3:]}"


def clean_nickname(text: str) -> str:
    """Return a nickname on one line, without characters that are invisible or change the direction of text.

    Raises:
        RoomError: nothing is left, or it is too long.
    """
    nickname = " ".join(plain(text).split())
    if not any(letter.isalnum() for letter in nickname):
        raise RoomError("This nickname has no letter.", "Type one that your class knows you by.")
    if len(nickname) > NICKNAME_LENGTH:
        raise RoomError(
            f"This nickname has {len(nickname)} characters.", f"Type one with at most {NICKNAME_LENGTH} characters."
        )
    return nickname
