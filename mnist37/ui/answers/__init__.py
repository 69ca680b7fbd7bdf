"""The predictions of runs for drawings and for the validation digits."""
