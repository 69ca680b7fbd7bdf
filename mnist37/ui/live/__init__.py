"""Content that changes while it is on the page: nodes that stay, and fragments that refresh them."""
