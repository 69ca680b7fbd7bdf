"""mnist37: see how a classifier learns to tell handwritten 3s from 7s."""

import os

__version__ = "0.1.0"

# Threads that spin while they wait for each other take the cores from whatever else computes: beside four busy programs
# a training takes many times as long. torch reads this once, at its import, and all our programs import this before.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
