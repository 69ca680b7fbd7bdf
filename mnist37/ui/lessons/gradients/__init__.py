"""The lesson `gradients`, part by part."""
