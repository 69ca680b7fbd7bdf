"""The parts that all lessons share: their table, their frame, their question."""
