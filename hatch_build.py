"""What the wheel depends on: the lines of requirements.txt, the one list of versions."""

from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface


class Requirements(MetadataHookInterface):
    """Tells hatchling, which builds the wheel."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set the wheel's dependencies.

        Args:
            metadata: the table `project` of pyproject.toml.
        """
        lines = Path(self.root, "requirements.txt").read_text(encoding="utf-8").splitlines()
        metadata["dependencies"] = [line for line in lines if line and not line.startswith("#")]
