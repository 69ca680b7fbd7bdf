"""The lesson `loss`, part by part."""
