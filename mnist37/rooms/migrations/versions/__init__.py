"""One file a form; a file that was released is never changed."""
