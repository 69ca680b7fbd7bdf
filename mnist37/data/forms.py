"""The forms of data sets that can be read, one line for each, and the error where none is found.

The command line's help and the README's table follow this list.
"""

from collections import Counter
from collections.abc import Iterable

from mnist37.classes import Classes
from mnist37.data import archive, idx, layout, npz, parquet, table
from mnist37.data.files import Files
from mnist37.data.form import Form, Found
from mnist37.errors import DataNotFound

FORMS: tuple[Form, ...] = (
    idx.FORM,  # comes first: pictures beside the four IDX files were made from them
    layout.FORM,
    npz.FORM,
    parquet.FORM,
    table.FORM,
)

PICKLES = (".pt", ".pth", ".pkl", ".pickle", ".pkl.gz", ".p", ".joblib")

MAX_NAMES = 6
"""Maximum number of names shown of each level."""

MAX_NAME_LENGTH = 40


def find_digits(files: Files, classes: Classes) -> Found:
    """Find the data set with these digits among some files.

    Raises:
        DataNotFound: there is none of a known form; the error names what was found and the nearest form.
        DataError: there is more than one, or it is incomplete.
    """
    for form in FORMS:
        found = form.find(files, classes)
        if found is not None:
            return found
    what = described(files)
    message = (
        f"{files.source} has no digits in train/{classes.digits[0]}, nor in any other form that is read. Found: {what}."
    )
    raise DataNotFound(message, nearest_form(files.paths))


def nearest_form(paths: Iterable[str]) -> str:
    """Return advice: the form that most of these files look like, or else all forms."""
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
    """Return what a folder or an archive contains: two levels of it, shortened."""
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
    shown = ", ".join(names[:MAX_NAMES])
    return f"{shown} and {len(names) - MAX_NAMES:,} more" if len(names) > MAX_NAMES else shown or "nothing"


def _short(name: str) -> str:
    return name if len(name) <= MAX_NAME_LENGTH else f"{name[: MAX_NAME_LENGTH - 1]}…"
