"""The class room: joining one, and what its teacher sees and does."""
