"""The lesson `words`, part by part."""
