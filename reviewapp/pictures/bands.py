"""Large pictures in bands of rows, so that no step of a conversion holds a second whole picture."""

from collections.abc import Callable, Iterator

from PIL import Image

# Rows: of the widest picture 2 MB for each number of 4 bytes that is held of a pixel.
HEIGHT = 64


def places(image: Image.Image) -> Iterator[tuple[int, int, int, int]]:
    """Return the boxes of a picture's bands, from its top to its bottom."""
    for top in range(0, image.height, HEIGHT):
        yield 0, top, image.width, min(top + HEIGHT, image.height)


def cut(image: Image.Image) -> Iterator[Image.Image]:
    """Return a loaded picture's bands, from its top to its bottom."""
    for place in places(image):
        yield image.crop(place)


def changed(
    image: Image.Image, mode: str, change: Callable[[Image.Image], Image.Image]
) -> Image.Image:
    """Return a loaded picture of which each band was changed, into this mode."""
    result = Image.new(mode, image.size)
    for place in places(image):
        result.paste(change(image.crop(place)), place)
    return result
