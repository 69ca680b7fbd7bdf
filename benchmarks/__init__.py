"""Benchmarks: mnist37 against what it is compared with, side by side. `make bench` writes docs/performance.md.

`make pictures` takes README's pictures (`pictures.py`).
"""

import mnist37  # noqa: F401 - before torch, whose threads it has wait passively
