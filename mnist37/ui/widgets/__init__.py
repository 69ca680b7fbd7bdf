"""What several pages draw with: colours, labels, words for runs, the projector's sizes."""
