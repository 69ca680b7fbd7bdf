"""mnist37: see how a classifier learns to tell handwritten 3s from 7s."""

__version__ = "0.1.0"
