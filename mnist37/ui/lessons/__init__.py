"""The chapter to touch: the frame that all lessons share, and the working part of each of them."""
