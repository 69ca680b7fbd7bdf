"""Where an answer comes from, and what changes it."""
