"""The lesson `pixels`, part by part."""
