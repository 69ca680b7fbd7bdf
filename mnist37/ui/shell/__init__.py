"""What every page needs: the start, the visitor, the session, the address."""
