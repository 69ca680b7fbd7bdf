"""The chapter's words."""
