"""The forms that the file with the rooms has had, one after the other; Alembic runs them."""
