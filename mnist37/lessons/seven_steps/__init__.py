"""The seven steps of learning, common omissions, and the noise of a mini-batch."""
