"""The digit that a visitor draws, uploads or keeps."""
