"""Parts that several pages use: colours, labels, words for runs, the projector's sizes."""
