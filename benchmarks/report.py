"""Write docs/performance.md: a section for each benchmark, with the machine and the day of the measurement."""

import platform
import re
from datetime import UTC, datetime
from pathlib import Path

import psutil
import torch

from benchmarks.table import Table

FILE = Path(__file__).parents[1] / "docs" / "performance.md"
LOG = Path(__file__).parent / "log.md"
HEAD = """# Performance

What `make bench` measured (`make bench PARTS="training growth"` measures some of it again and leaves the rest). Ratios
are more to be trusted than seconds: the things in a table were timed in turn, on a machine that others use too.
"""
LOG_TITLE = "# What was tried"


def write(tables: list[Table]) -> None:
    """Replace the tables of the same titles by new ones; others stay unchanged."""
    sections = _sections(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    sections |= {table.title: f"{table.to_markdown()}\n{_measured_on()}\n" for table in tables}
    log = f"{LOG_TITLE}\n\n{LOG.read_text(encoding='utf-8')}" if LOG.exists() else ""
    FILE.write_text("\n".join([HEAD, *sections.values(), log]).rstrip() + "\n", encoding="utf-8")


def _sections(text: str) -> dict[str, str]:
    """Return the tables of an existing report, by their titles."""
    tables = text.split(f"\n{LOG_TITLE}\n", maxsplit=1)[0]
    parts = re.split(r"(?m)^(?=## )", tables)[1:]
    return {part.splitlines()[0].removeprefix("## "): part.rstrip() + "\n" for part in parts}


def _measured_on() -> str:
    """Return the machine, the day and the versions."""
    memory = psutil.virtual_memory().total / 2**30
    cores = f"{psutil.cpu_count()} cores of {processor()}, {memory:.0f} GB, {platform.system()}"
    day = datetime.now(UTC).date().isoformat()
    return f"<sub>{day} · {cores} · Python {platform.python_version()}, torch {torch.__version__}</sub>"


def processor() -> str:
    """Return the processor's name, as far as it is known."""
    info = Path("/proc/cpuinfo")
    names = re.findall(r"(?m)^model name\s*: (.*)$", info.read_text()) if info.exists() else []
    return names[0] if names else platform.processor() or platform.machine()
