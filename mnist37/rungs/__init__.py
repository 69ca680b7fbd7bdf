"""The ladder: the models that a learner climbs, from pixel similarity to a ResNet-18, in that order."""

from mnist37.rungs.base import ChapterFigure, Default, Look, Rung, Weights, image_tensor
from mnist37.rungs.course import Course, Guess, course_of, has_learned
from mnist37.rungs.ladder import BASELINE, DEFAULT_RUNG, LADDER, get_rung, settings_for, used_settings
from mnist37.rungs.lr_find import LrCurve
from mnist37.rungs.lr_trials import Trial
from mnist37.rungs.parts import Filters, HiddenUnits, OneSum, Parts, TwoMeans
from mnist37.rungs.watch import StopTraining, Watch

__all__ = [
    "BASELINE",
    "DEFAULT_RUNG",
    "LADDER",
    "ChapterFigure",
    "Course",
    "Default",
    "Filters",
    "Guess",
    "HiddenUnits",
    "Look",
    "LrCurve",
    "OneSum",
    "Parts",
    "Rung",
    "StopTraining",
    "Trial",
    "TwoMeans",
    "Watch",
    "Weights",
    "course_of",
    "get_rung",
    "has_learned",
    "image_tensor",
    "settings_for",
    "used_settings",
]
