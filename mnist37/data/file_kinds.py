"""Find the kind of a file by its first bytes: a kind of picture that can be read, or the name of another kind.

This module does not use Pillow.
"""

READABLE = {
    "PNG": "PNG",
    "JPEG": "JPEG",
    "HEIF": "HEIC",
    "WEBP": "WebP",
    "AVIF": "AVIF",
    "TIFF": "TIFF",
    "GIF": "GIF",
    "BMP": "BMP",
    "JPEG2000": "JPEG 2000",
    "PPM": "PPM",
}
"""Pillow's name of each kind that can be read, and its common name. Not all of Pillow's: EPS starts a program."""

*_FIRST, _LAST = READABLE.values()
READABLE_LIST = f"{', '.join(_FIRST)} and {_LAST}"
"""The kinds that can be read, in words."""

HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1"})
_HEIF_SEQUENCES = frozenset({b"hevc", b"hevx", b"hevm", b"hevs", b"msf1"})
_LEAST_ASCII = 0.7  # the minimum share of ASCII among the bytes of a text in Latin-1
_HEAD = 4096  # bytes; enough to find the kind

_PICTURES = (
    (0, b"\x89PNG\r\n\x1a\n", "PNG"),
    (0, b"\xff\xd8\xff", "JPEG"),
    (0, b"GIF8", "GIF"),
    (0, b"BM", "BMP"),
    (8, b"WEBP", "WebP"),
    (0, b"II*\0", "TIFF"),
    (0, b"MM\0*", "TIFF"),
    (0, b"II+\0", "TIFF"),
    (0, b"MM\0+", "TIFF"),
    (0, b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
    (0, b"\xff\x4f\xff\x51", "JPEG 2000"),
    (4, b"ftypavif", "AVIF"),
    (4, b"ftypavis", "AVIF"),
    *((0, b"P%d" % number + space, "PPM") for number in range(1, 7) for space in (b"\n", b" ", b"\r", b"\t")),
    *((4, b"ftyp" + brand, "HEIC") for brand in sorted(HEIF_BRANDS)),
)
"""The position of a signature in bytes, the signature, and the kind."""

_CR2 = b"CR\x02\0"  # at byte 8, in a file that begins like a TIFF
_OTHERS = (
    (8, _CR2, "a camera's raw picture (CR2)"),
    (4, b"ftypcrx ", "a camera's raw picture (CR3)"),
    (0, b"FUJIFILMCCD-RAW", "a camera's raw picture (RAF)"),
    (0, b"IIRO", "a camera's raw picture (ORF)"),
    (0, b"IIU\0", "a camera's raw picture (RW2)"),
    *((4, b"ftyp" + brand, "a HEIF sequence, that is a short film") for brand in sorted(_HEIF_SEQUENCES)),
    (4, b"ftypM4A", "a sound file (M4A)"),
    (4, b"ftypqt", "a video (MOV)"),
    (4, b"ftyp3g", "a video (3GP)"),
    (4, b"ftyp", "a video (MP4)"),
    *((4, atom, "a video (MOV)") for atom in (b"moov", b"mdat", b"wide", b"skip")),
    (0, b"\x1a\x45\xdf\xa3", "a video (WebM or MKV)"),
    (8, b"AVI ", "a video (AVI)"),
    (0, b"\0\0\x01\xba", "a video (MPEG)"),
    (0, b"\0\0\x01\xb3", "a video (MPEG)"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "a video (WMV)"),
    (0, b"FLV\x01", "a video (FLV)"),
    (8, b"WAVE", "a sound file (WAV)"),
    (0, b"ID3", "a sound file (MP3)"),
    (0, b"\xff\xfb", "a sound file (MP3)"),
    (0, b"OggS", "a sound or video file (Ogg)"),
    (0, b"fLaC", "a sound file (FLAC)"),
    (0, b"8BPS", "a Photoshop file (PSD)"),
    (0, b"gimp xcf", "a GIMP file (XCF)"),
    (0, b"%!PS", "a PostScript file (EPS)"),
    (0, b"\xc5\xd0\xd3\xc6", "a PostScript file (EPS)"),
    (0, b"\0\0\x01\0", "an icon (ICO)"),
    (0, b"\0\0\x02\0\0\0\0\0", "a TGA picture"),
    (0, b"\0\0\x02\0", "a cursor (CUR)"),
    (0, b"\0\0\x0a\0", "a TGA picture"),
    (0, b"\x0a\x05\x01\x08", "a PCX picture"),
    (0, b"icns", "an icon (ICNS)"),
    (0, b"\xff\x0a", "a JPEG XL picture"),
    (0, b"\0\0\0\x0cJXL \r\n\x87\n", "a JPEG XL picture"),
    (0, b"II\xbc", "a JPEG XR picture"),
    (0, b"DDS ", "a DDS texture"),
    (0, b"qoif", "a QOI picture"),
    (0, b"\x76\x2f\x31\x01", "an OpenEXR picture"),
    (0, b"#?RADIANCE", "a Radiance picture (HDR)"),
    (0, b"SIMPLE  =", "a FITS file"),
    (128, b"DICM", "a DICOM picture"),
    (0, b"\xd7\xcd\xc6\x9a", "a Windows metafile (WMF)"),
    (40, b" EMF", "a Windows metafile (EMF)"),
    (0, b"AT&TFORM", "a DjVu document"),
    (0, b"{\\rtf", "a text document (RTF)"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office document"),
    (0, b"Rar!", "a .rar archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "a .7z archive"),
    (0, b"\x1f\x8b", "a .gz archive"),
    (0, b"BZh", "a .bz2 archive"),
    (0, b"\xfd7zXZ\0", "a .xz archive"),
    (0, b"\x28\xb5\x2f\xfd", "a .zst archive"),
    (257, b"ustar", "a .tar archive"),
    (0, b"\0\x05\x16\x07", "what macOS keeps beside a file (its name begins with ._)"),
    (0, b"\x93NUMPY", "a NumPy array"),
    (0, b"PAR1", "a Parquet table"),
    (0, b"SQLite format 3", "a database"),
    (0, b"\x89HDF", "an HDF5 file"),
    (0, b"\0\0\x08\x03", "MNIST's IDX file"),
    (0, b"\0\0\x08\x01", "MNIST's IDX file"),
    (0, b"MZ", "a program"),
    (0, b"\x7fELF", "a program"),
)
_ZIPS = (
    (b"word/", "a Word document"),
    (b"xl/", "an Excel table"),
    (b"ppt/", "a PowerPoint presentation"),
    (b"application/vnd.oasis.opendocument", "an OpenDocument file"),
    (b"application/epub", "a book (EPUB)"),
    (b"application/x-krita", "a Krita file"),
    (b"image/openraster", "an OpenRaster file"),
)
_MARKUP = (
    (b"<svg", "an SVG drawing, not a picture of pixels"),
    (b"<!doctype html", "a web page (HTML), not the picture in it"),
    (b"<html", "a web page (HTML), not the picture in it"),
)
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")  # Unicode's byte order marks, at the start of a text


def readable_kind(data: bytes) -> str | None:
    """Return the common name of the kind of picture that a file claims to be; None if it cannot be read."""
    kind = _marked(data, _PICTURES)
    is_other = (kind == "BMP" and _text_kind(data[:_HEAD]) is not None) or data.startswith(_CR2, 8)
    return None if is_other else kind


def other_kind(data: bytes) -> str:
    """Return what a file is if it is no readable picture, with its article: `a video (MP4)`."""
    if not data.strip(b"\0"):
        return "a file of zeros only" if data else "an empty file"
    head = data[:_HEAD]
    if b"%PDF-" in head[:1024]:
        return "a PDF document"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return next((name for mark, name in _ZIPS if mark in head), "a .zip archive")
    return _marked(head, _OTHERS) or _text_kind(head) or "a file of a kind that is not known here"


def _marked(data: bytes, table: tuple[tuple[int, bytes, str], ...]) -> str | None:
    return next((name for at, mark, name in table if data.startswith(mark, at)), None)


def _text_kind(head: bytes) -> str | None:
    text = head
    if head.startswith(_MARKS[1:]):
        text = head.decode("utf-16", "replace").encode()
    lower = text.removeprefix(_MARKS[0]).lstrip().lower()
    if lower.startswith(b"<"):
        found = [(lower.index(mark), name) for mark, name in _MARKUP if mark in lower]
        return min(found)[1] if found else "an XML file"
    # In Latin-1 each byte above 127 is a character, but most characters of a text are ASCII.
    controls = sum(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in text)
    is_text = _is_utf8(text) or sum(byte < 127 for byte in text) > _LEAST_ASCII * len(text)
    return "a text file" if is_text and not controls else None


def _is_utf8(head: bytes) -> bool:
    """Return whether it is text in UTF-8; the last character may be cut off."""
    try:
        head[:-3].decode()
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data"
    return len(head) > 3
