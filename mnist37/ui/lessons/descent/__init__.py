"""The lesson `descent`, part by part."""
