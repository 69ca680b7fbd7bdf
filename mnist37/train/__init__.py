"""Training: settings and digits in, events out, with controls in. It runs wherever it is called."""

from mnist37.train.control import Control
from mnist37.train.memory import names_lack_of_memory
from mnist37.train.predict import Prediction, as_tensors, predict
from mnist37.train.training import Outcome, train
from mnist37.train.turns import Turns

__all__ = ["Control", "Outcome", "Prediction", "Turns", "as_tensors", "names_lack_of_memory", "predict", "train"]
