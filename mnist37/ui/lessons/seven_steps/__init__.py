"""The lesson `seven_steps`, part by part."""
