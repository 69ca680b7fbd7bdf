import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from mnist37.cli import main


@dataclass(frozen=True)
class Said:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def result(self) -> dict[str, Any]:
        """Its last line; JSON has no NaN, whatever Python thinks."""

        def refuse(constant: str) -> None:
            raise ValueError(constant)

        result = json.loads(self.out.splitlines()[-1], parse_constant=refuse)
        assert isinstance(result, dict)
        return result


Command = Callable[..., Said]


@pytest.fixture
def command(capfd: pytest.CaptureFixture[str]) -> Command:
    """Runs a command here: `command("train", "--epochs", 3)`."""

    def run(*arguments: object) -> Said:
        capfd.readouterr()
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as ended:  # argparse
            code = int(ended.code or 0)
        out, err = capfd.readouterr()
        return Said(code, out, err)

    return run
