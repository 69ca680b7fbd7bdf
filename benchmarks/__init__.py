"""Benchmarks: mnist37 against what it is compared with, side by side. `make bench` writes docs/performance.md."""

import mnist37  # noqa: F401 - before torch, whose threads it has wait passively
