"""What all lessons share: their table, their frame, their question."""
