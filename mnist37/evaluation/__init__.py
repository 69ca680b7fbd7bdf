"""How good a model is, as far as so many digits can tell; and what it answers."""

from mnist37.evaluation.answers import Answer, Answers, probabilities
from mnist37.evaluation.scores import Difference, Score, mcnemar, wilson

__all__ = ["Answer", "Answers", "Difference", "Score", "mcnemar", "probabilities", "wilson"]
