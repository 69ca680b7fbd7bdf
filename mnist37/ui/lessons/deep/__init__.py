"""The lesson `deep`, part by part."""
