"""The lesson `to_fastai`, part by part."""
