"""Benchmarks: mnist37 against what it is compared with, side by side. `make bench` writes docs/performance.md."""
