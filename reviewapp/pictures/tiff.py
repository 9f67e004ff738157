"""What a TIFF file can hold: several pages, and kinds of pixels of which Pillow knows some half."""

from PIL import ExifTags, Image, TiffImagePlugin

# TIFF 6.0, NewSubfileType: a small copy of another page (bit 0), and a mask of its transparency
# (bit 2).
SUBFILE_TAG, NO_PAGE_OF_ITS_OWN = 254, 0b101
# Nobody scans more into one file; a hostile one can hold hundreds of thousands, each slow to open.
MOST_PAGES = 1000
# EOFError behind the last page; the others where a careless writer left any address for a next one.
NO_FURTHER_PAGE = (EOFError, OSError, SyntaxError, TypeError, ValueError)

WHITE_IS_ZERO, BLACK_IS_ZERO = 0, 1
UNSIGNED, SIGNED = 1, 2
# SMaxSampleValue and MaxSampleValue: what a writer says the greatest value can be.
GREATEST_TAGS = (341, 281)

# Kinds that scanners write and Pillow does not name, though it can unpack them: it knows each in
# another byte order, or where 0 is black. By what its own table of kinds is asked for (byte order,
# tag 262, sample format, order of bits, bits, further samples): its mode, and its packing.
type Kind = tuple[bytes, int, tuple[int], int, tuple[int, ...], tuple[()]]
KINDS: dict[Kind, tuple[str, str]] = {
    (b"II", WHITE_IS_ZERO, (UNSIGNED,), 1, (12,), ()): ("I;16", "I;12"),
    (b"MM", WHITE_IS_ZERO, (UNSIGNED,), 1, (12,), ()): ("I;16", "I;12"),
    (b"MM", BLACK_IS_ZERO, (UNSIGNED,), 1, (12,), ()): ("I;16", "I;12"),
    (b"MM", WHITE_IS_ZERO, (UNSIGNED,), 1, (16,), ()): ("I;16B", "I;16B"),
    (b"II", WHITE_IS_ZERO, (UNSIGNED,), 1, (32,), ()): ("I", "I;32"),
    (b"MM", WHITE_IS_ZERO, (UNSIGNED,), 1, (32,), ()): ("I", "I;32B"),
    (b"MM", BLACK_IS_ZERO, (UNSIGNED,), 1, (32,), ()): ("I", "I;32B"),
    (b"II", WHITE_IS_ZERO, (SIGNED,), 1, (16,), ()): ("I", "I;16S"),
    (b"MM", WHITE_IS_ZERO, (SIGNED,), 1, (16,), ()): ("I", "I;16BS"),
    (b"II", WHITE_IS_ZERO, (SIGNED,), 1, (32,), ()): ("I", "I;32S"),
    (b"MM", WHITE_IS_ZERO, (SIGNED,), 1, (32,), ()): ("I", "I;32BS"),
    # Without its tag 262, which Pillow takes for 0; three values can only be colours.
    (b"II", WHITE_IS_ZERO, (UNSIGNED,), 1, (8, 8, 8), ()): ("RGB", "RGB"),
    (b"MM", WHITE_IS_ZERO, (UNSIGNED,), 1, (8, 8, 8), ()): ("RGB", "RGB"),
}
for kind, unpacked in KINDS.items():
    TiffImagePlugin.OPEN_INFO.setdefault(kind, unpacked)


def tag(image: Image.Image, number: int) -> object:
    """Return a TIFF's tag, None where there is none or the file is no TIFF."""
    if not isinstance(image, TiffImagePlugin.TiffImageFile):
        return None
    value = image.tag_v2.get(number)
    return value[0] if isinstance(value, tuple) and value else value


def stated_greatest(image: Image.Image) -> list[int]:
    """Return what a TIFF says of its greatest value.

    The greatest that its bits can hold is the default, which many writers state by rote: it says
    nothing, nor does a value beyond.
    """
    bits = tag(image, TiffImagePlugin.BITSPERSAMPLE)
    values = [tag(image, number) for number in GREATEST_TAGS]
    most = 2**bits - 1 if isinstance(bits, int) else 0
    return [value for value in values if isinstance(value, int) and value < most]


def has_turned_sides(image: Image.Image) -> bool:
    """Return whether Pillow tells the sides of the turned picture before it has turned it.

    It does for a TIFF with tag 274, and not where only its XMP block says how to turn it.
    """
    if not isinstance(image, TiffImagePlugin.TiffImageFile):
        return False
    return image.tag_v2.get(ExifTags.Base.Orientation) is not None


def pages(image: TiffImagePlugin.TiffImageFile) -> int:
    """Count a TIFF's pages; what lies behind the last that can be opened is none."""
    count = 1
    for frame in range(1, MOST_PAGES):
        try:
            image.seek(frame)
        except NO_FURTHER_PAGE:
            return count
        kind = image.tag_v2.get(SUBFILE_TAG, 0)
        if not kind & NO_PAGE_OF_ITS_OWN:
            count += 1
    return count
