"""Read Parquet files, as Hugging Face's MNIST: a column of pictures (image) or one for each pixel, and one of labels.

pyarrow reads them. It comes with Streamlit, and is imported only here, and only if there is such a file.
"""

import io
import re
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnist37.classes import Classes
from mnist37.data.digits import SIDE
from mnist37.data.files import LARGEST_TABLE, Files
from mnist37.data.form import Form, Found
from mnist37.data.greys import labelled, labels_from
from mnist37.data.origin import Progress
from mnist37.data.parts import Labelled, Parts, labelled_list
from mnist37.data.picture import Pictures
from mnist37.data.table import LABEL_NAMES, NO_PIXELS, Chosen, choose_parts, join
from mnist37.errors import BadArchive, BadImage, DataNotFound

REMEDY = "Give parquet files like those of Hugging Face's mnist, with the columns image and label."

IMAGE_NAMES = ("image", "img", "images", "picture", "pixels", "x")
MOST_ROWS = 1_000_000


def find(files: Files, classes: Classes) -> Found | None:
    """Find the files; their names show which is the training set.

    Raises:
        DataError: they belong to more than one set.
    """
    chosen = choose_parts(files, [path for path in files.paths if path.casefold().endswith(".parquet")])
    if chosen is None:
        return None
    train, valid = chosen
    return Found((*train, *valid), partial(_read, files, chosen, classes))


def _read(files: Files, chosen: Chosen, classes: Classes, pictures: Pictures, progress: Progress) -> Parts:
    train, valid = chosen
    progress("Reading the digits", 0.0)
    first = join([_read_file(files, path, classes, pictures) for path in train])
    progress("Reading the digits", 0.8)
    return Parts(first, join([_read_file(files, path, classes, pictures) for path in valid]) if valid else None)


def _read_file(files: Files, path: str, classes: Classes, pictures: Pictures) -> Labelled:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise DataNotFound(
            f"{files.name(path)} needs the package pyarrow.", "Install it: python -m pip install pyarrow"
        ) from error
    name, data = files.name(path), files.read(path, LARGEST_TABLE)
    try:
        file = pq.ParquetFile(io.BytesIO(data))
        groups = [file.metadata.row_group(at) for at in range(file.metadata.num_row_groups)]
        if file.metadata.num_rows > MOST_ROWS or sum(group.total_byte_size for group in groups) > 4 * LARGEST_TABLE:
            raise BadArchive(f"{name} is far too large for digits.", REMEDY)
        label, image, pixels = _columns(file.schema_arrow, name)
        table = file.read(columns=[label, *([image] if image else pixels)])
        labels = labels_from(np.asarray(table.column(label).to_pylist()), name)
        kept = np.isin(labels, classes.digits)
        table = table.filter(pa.array(kept))
        values = table.column(image).to_pylist() if image else None
        greys = None if image else np.column_stack([table.column(column).to_numpy() for column in pixels])
    except (pa.ArrowException, OSError, ValueError, TypeError, OverflowError, MemoryError) as error:
        raise BadArchive(f"{name} is damaged ({str(error).splitlines()[0][:200]}).", REMEDY) from error
    if values is None:
        assert greys is not None
        return labelled(greys, labels[kept], name, pictures)
    return _pictures(values, labels[kept].tolist(), np.flatnonzero(kept).tolist(), name, pictures)


def _columns(schema: Any, name: str) -> tuple[str, str | None, list[str]]:
    """Return the names of the label's column, of the picture's column if any, and of the pixels' columns."""
    by_name = {column.casefold(): column for column in schema.names}
    label = next((by_name[word] for word in LABEL_NAMES if word in by_name), None)
    image = next((by_name[word] for word in IMAGE_NAMES if word in by_name), None)
    pixels = [column for low, column in by_name.items() if column != label and low not in NO_PIXELS]
    if label is None or (image is None and len(pixels) < SIDE):
        raise DataNotFound(f"{name} has the columns {', '.join(schema.names)[:200]}.", REMEDY)
    if image is None:
        pixels.sort(key=lambda column: [int(number) for number in re.findall(r"\d+", column)])
    return label, image, pixels


def _pictures(values: list[Any], labels: list[int], rows: list[int], name: str, pictures: Pictures) -> Labelled:
    """Read the pictures of a column: files, files with their path, or lists of greys."""
    if values and isinstance(values[0], list):
        return labelled(np.array(values), np.array(labels, np.uint8), name, pictures)

    def decoded() -> Iterator[tuple[NDArray[np.uint8], int]]:
        for value, label, row in zip(values, labels, rows, strict=True):
            where, data = f"{name}, row {row}", value.get("bytes") if isinstance(value, dict) else value
            if not isinstance(data, bytes) or len(data) > pictures.limit:
                raise BadImage(f"{where}, holds no picture.", REMEDY)
            image = pictures.decode(data, where)
            if image is not None:
                yield image, label

    return labelled_list(decoded())


FORM = Form(
    "parquet files like those of Hugging Face's mnist (image and label; train and test)",
    find,
    lambda path: path.casefold().endswith(".parquet"),
)
