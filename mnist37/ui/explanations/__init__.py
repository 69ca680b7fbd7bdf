"""Explanations of a prediction, and changes that flip it."""
