"""What the lessons that train share."""
