"""The forms in which people keep digits and which are read: one line for each, and what is said where none is found.

This is the one home of what forms are read; the command line's help and the README's table tell it after this.
"""

from collections import Counter
from collections.abc import Iterable

from mnist37.data import archive, idx, layout, npz, parquet, table
from mnist37.data.files import Files
from mnist37.data.form import Form, Found
from mnist37.errors import DataNotFound

FORMS: tuple[Form, ...] = (
    idx.FORM,  # comes first: who has the four files beside pictures has the pictures from them
    layout.FORM,
    npz.FORM,
    parquet.FORM,
    table.FORM,
)

PICKLES = (".pt", ".pth", ".pkl", ".pickle", ".pkl.gz", ".p", ".joblib")

MOST_TOLD = 6
"""Names that are shown of each level."""

LONGEST_NAME = 40


def find_digits(files: Files) -> Found:
    """Find the data set among some files.

    Raises:
        DataNotFound: there is none in any form that is read; it tells what was found and the nearest form.
        DataError: there is more than one, or it is not complete.
    """
    for form in FORMS:
        found = form.find(files)
        if found is not None:
            return found
    what = described(files)
    message = f"{files.source} has no digits in train/3, nor in any other form that is read. Found: {what}."
    raise DataNotFound(message, nearest_form(files.paths))


def nearest_form(paths: Iterable[str]) -> str:
    """Return advice: the form that most of these files are next to, or else all forms."""
    there = list(paths)
    if any(path.casefold().endswith(PICKLES) for path in there):
        return f"Pickles ({', '.join(PICKLES[:3])}) are not read, since they can run code. {_all_forms()}"
    packed = next((path for path in there if archive.is_archive(path)), None)
    counts = [(sum(map(form.is_near, there)), -at, form) for at, form in enumerate(FORMS)]
    count, _, nearest = max(counts, key=lambda each: each[:2])
    if packed is not None and not count:
        return f"Give the archive in it itself: {packed}."
    if not count:
        return _all_forms()
    return f"The nearest form that is read: {nearest.reads}."


def _all_forms() -> str:
    return f"Give {'; '.join(form.reads for form in FORMS)}."


def described(files: Files) -> str:
    """Return what lies in a folder or an archive, two levels of it, shortened."""
    tree: dict[str, Counter[str]] = {}
    for path in files.paths:
        first, _, rest = path.partition("/")
        inside = tree.setdefault(f"{first}/" if rest else first, Counter())
        if rest:
            second, _, deeper = rest.partition("/")
            inside[f"{second}/" if deeper else second] += 1
    for folder in files.empty_folders:
        first, _, rest = folder.partition("/")
        inside = tree.setdefault(f"{first}/", Counter())
        if rest:
            inside[f"{rest.split('/')[0]}/"] += 0
    return _listed([f"{name}{_inside(tree[name])}" if name.endswith("/") else _short(name) for name in tree])


def _inside(names: Counter[str]) -> str:
    if not names:
        return " (empty)"
    return f" ({_listed([f'{_short(name)}{_count(name, n)}' for name, n in names.items()])})"


def _count(name: str, n: int) -> str:
    if not name.endswith("/"):
        return ""
    return f" {n:,} files" if n > 1 else " 1 file" if n else " empty"


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:MOST_TOLD])
    return f"{shown} and {len(names) - MOST_TOLD:,} more" if len(names) > MOST_TOLD else shown or "nothing"


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
