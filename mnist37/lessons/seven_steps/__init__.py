"""The seven steps of learning, what is left out at times, and the noise of a mini-batch."""
