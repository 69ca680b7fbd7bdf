"""Benchmarks: mnist37 against what it is compared with, side by side in one run. `make bench` writes docs/performance.md."""
