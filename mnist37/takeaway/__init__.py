"""A run to take along: as a notebook, as weights, as ONNX, as CSV, whole; and a whole one from somebody else.

What is made here is made of a `KeptRun`, and is bytes. This layer knows neither the engine nor who asks.
"""

from mnist37.takeaway.bundle import LARGEST_TOTAL, import_bundle, read_bundle, to_bundle
from mnist37.takeaway.forms import FORMS, Form, forms_of, take_along
from mnist37.takeaway.kept_run import KeptRun

__all__ = [
    "FORMS",
    "LARGEST_TOTAL",
    "Form",
    "KeptRun",
    "forms_of",
    "import_bundle",
    "read_bundle",
    "take_along",
    "to_bundle",
]
