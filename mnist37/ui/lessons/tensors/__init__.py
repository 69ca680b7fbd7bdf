"""The lesson `tensors`, part by part."""
