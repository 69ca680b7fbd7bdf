"""The lesson `to_ten`, part by part."""
