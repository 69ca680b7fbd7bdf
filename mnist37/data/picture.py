"""Convert pictures of single digits in a data set, from bytes or greys to 28x28: unchanged, or prepared as drawings.

It does not depend on folders, archives and tables.
"""

import os

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mnist37.data.digits import SIDE
from mnist37.data.drawing import to_mnist
from mnist37.data.file_kinds import other_kind, readable_kind
from mnist37.data.files import LARGEST_PICTURE
from mnist37.data.ink import ink_from_bytes, ink_from_image
from mnist37.data.picture_file import opened
from mnist37.data.png import REMEDY, START, decode_png, grey_of
from mnist37.errors import BadImage

VARIABLE = "MNIST37_PREPARE"
LARGEST_PREPARED = 32 * 2**20
"""Maximum bytes of a picture to prepare, such as a phone's photo."""

PREPARED = "prepared as drawings are"
"""Text in the source of prepared digits."""

MOST_PIXELS = 4_000_000_000
"""Maximum pixels of all pictures to prepare together: some minutes of work."""

_LOSSY_SPREAD = 3  # grey levels between the bands of a grey picture after JPEG


def is_preparing(asked: bool | None = None) -> bool:
    """Return whether to prepare pictures: `asked`, else the value of MNIST37_PREPARE (0 and empty mean no)."""
    return os.environ.get(VARIABLE, "").strip().casefold() not in {"", "0", "no", "false"} if asked is None else asked


class Pictures:
    """Reads the pictures of one data set.

    Args:
        prepare: cut out, scale and centre each picture as a drawing is, for any size and colours.

    Attributes:
        n_blank: the number of blank pictures that were left out; 0 unless pictures are prepared.
    """

    def __init__(self, *, prepare: bool = False) -> None:
        self.prepare = prepare
        self.n_blank = 0
        self._pixels_left = MOST_PIXELS

    @property
    def limit(self) -> int:
        """The maximum size of a file in bytes."""
        return LARGEST_PREPARED if self.prepare else LARGEST_PICTURE

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know about how they were read."""
        blank = (f"{self.n_blank:,} blank left out",) if self.n_blank else ()
        return (PREPARED, *blank) if self.prepare else ()

    def decode(self, data: bytes, name: str) -> NDArray[np.uint8] | None:
        """Read a picture file.

        Args:
            data: the file.
            name: its name in errors.

        Returns:
            uint8 [28, 28]; None for a blank picture, which is left out.

        Raises:
            BadImage: it is no picture or damaged; or, unless pictures are prepared, not grey or not 28x28.
        """
        if not self.prepare:
            return decode_png(data, name) if data.startswith(START) else _decode_other(data, name)
        try:
            return self._prepared(ink_from_bytes(data))
        except BadImage as error:
            raise BadImage(f"{name}: {error.message}", error.remedy) from None

    def from_greys(self, pixels: NDArray[np.uint8], name: str) -> NDArray[np.uint8] | None:
        """Prepare one picture of a table; see `decode`.

        Args:
            pixels: uint8 [H, W] or [H, W, 3].
            name: its name in errors.
        """
        try:
            return self._prepared(ink_from_image(Image.fromarray(pixels)))
        except BadImage as error:
            raise BadImage(f"{name}: {error.message}", error.remedy) from None

    def _prepared(self, ink: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
        self._pixels_left -= ink.size
        if self._pixels_left < 0:
            raise BadImage("it is too much to prepare, together with all before it.", "Give fewer or smaller pictures.")
        prepared = to_mnist(ink)
        self.n_blank += prepared.is_blank
        return None if prepared.is_blank else prepared.image


def _decode_other(data: bytes, name: str) -> NDArray[np.uint8]:
    if readable_kind(data) is None:
        raise BadImage(
            f"{name} is not a PNG image, nor any other picture that is read: it is {other_kind(data)}.", REMEDY
        )
    try:
        with opened(data) as image:
            if image.size != (SIDE, SIDE):
                raise BadImage(f"{name} has {image.width}x{image.height} pixels instead of 28x28.", REMEDY)
            return grey_of(image, name, spread=_LOSSY_SPREAD)
    except BadImage as error:
        if error.message.startswith(name):
            raise
        raise BadImage(f"{name} is damaged ({error.message}).", REMEDY) from error
