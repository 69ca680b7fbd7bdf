"""Tensor expressions that a visitor types, and broadcasting."""
