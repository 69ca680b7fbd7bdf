"""What every page stands in: the start, the visitor, the session, the address."""
