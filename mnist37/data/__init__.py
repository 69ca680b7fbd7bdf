"""The digits: real 3s and 7s from a package, the book's download, a folder or an archive; and the learner's drawings.

This layer knows numpy and Pillow. It must not know torch, fastai, Streamlit or training.
"""

from mnist37.data.cache import cache_folder
from mnist37.data.digits import Digits
from mnist37.data.drawing import Box, Prepared, to_mnist
from mnist37.data.embedded import all_digits, other_digits
from mnist37.data.file_kinds import READABLE_LIST
from mnist37.data.ink import ink_and_scale, ink_from_bytes, ink_from_image, ink_from_rgba
from mnist37.data.load import BOOK, EMBEDDED, MNIST, is_at_hand, load_digits, offered_sources, source_name
from mnist37.data.origin import Progress
from mnist37.data.own import MOST_OWN, Imported, OwnDigits, OwnSet
from mnist37.data.own_files import Refused
from mnist37.data.several import cut_digits, find_digits

__all__ = [
    "BOOK",
    "EMBEDDED",
    "MNIST",
    "MOST_OWN",
    "READABLE_LIST",
    "Box",
    "Digits",
    "Imported",
    "OwnDigits",
    "OwnSet",
    "Prepared",
    "Progress",
    "Refused",
    "all_digits",
    "cache_folder",
    "cut_digits",
    "find_digits",
    "ink_and_scale",
    "ink_from_bytes",
    "ink_from_image",
    "ink_from_rgba",
    "is_at_hand",
    "load_digits",
    "offered_sources",
    "other_digits",
    "source_name",
    "to_mnist",
]
