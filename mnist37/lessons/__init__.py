"""The computations of the chapter's lessons: tensors in, numbers out. It may use digits and rungs, but no page."""
