"""What the chapter's lessons compute, a file a lesson: tensors in, numbers out. Knows digits and rungs, and no page."""
