"""Code that the lessons with training share."""
