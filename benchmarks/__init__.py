"""Benchmarks: compare mnist37 with references. `make bench` writes docs/performance.md.

`make pictures` takes README's pictures (`pictures.py`).
"""

import mnist37  # noqa: F401 - before torch, because it makes torch's threads wait passively
