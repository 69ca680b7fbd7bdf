"""A curve, the chapter's net and two layers: with and without a ReLU."""
