"""The digit that a visitor draws, brings or keeps."""
