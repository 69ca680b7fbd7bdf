"""The lesson `nonlinearity`, part by part."""
