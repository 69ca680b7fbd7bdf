"""A model's predictions and its accuracy, with the uncertainty of a limited number of digits."""

from mnist37.evaluation.answers import Answer, Answers, probabilities
from mnist37.evaluation.scores import Difference, Score, mcnemar, wilson

__all__ = ["Answer", "Answers", "Difference", "Score", "mcnemar", "probabilities", "wilson"]
