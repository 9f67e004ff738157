"""How picture files are opened: all who look at one agree on its size, its turn, its grey and its pages."""

import io

import numpy as np
import pytest
from PIL import Image

from reviewapp.engines.aliyun.prepare import prepare
from reviewapp.engines.local.find.page import load
from reviewapp.exceptions import InvalidImage
from reviewapp.pictures.files import Size, inspect, renderings

# Nothing here needs a database, so one run of the two is enough.
pytestmark = pytest.mark.sqlite

WIDTH, HEIGHT = 96, 64
# How pixels are stored under an orientation tag, so that turning them as it asks brings them upright.
STORED_AS = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
LOSSLESS = {"WEBP": {"lossless": True}, "JPEG": {"quality": 95, "subsampling": 0}}
NEAR = 24


def quarters(width: int = WIDTH, height: int = HEIGHT, mode: str = "RGB") -> Image.Image:
    """Return a picture whose four quarters differ, so that every turn of it shows."""
    image = Image.new("RGB", (width, height), "white")
    image.paste((200, 0, 0), (0, 0, width // 2, height // 2))
    image.paste((0, 160, 0), (width // 2, 0, width, height // 2))
    image.paste((0, 0, 120), (0, height // 2, width // 2, height))
    return image.convert(mode)


def file_of(image: Image.Image, kind: str, orientation: int = 1, **options: object) -> bytes:
    turn = STORED_AS[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    out = io.BytesIO()
    stored = image if turn is None else image.transpose(turn)
    stored.save(out, kind, exif=exif, **LOSSLESS.get(kind, {}), **options)
    return out.getvalue()


def pixels(content: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB"), np.int16)


def assert_all_agree(content: bytes, shown: Image.Image) -> None:
    """Check the stored size, the screen's picture and the engine's page against the picture as shown."""
    expected = np.asarray(shown.convert("RGB"), np.int16)
    inspected = inspect(content)
    page = load(content)
    assert (inspected.width, inspected.height) == shown.size
    assert (page.width, page.height) == shown.size
    assert (page.scale == 1).all()
    for seen in (page.image[..., ::-1].astype(np.int16), pixels(renderings(content, [Size(200, 95)])[0])):
        assert seen.shape == expected.shape
        assert np.median(np.abs(seen - expected)) < NEAR
        assert np.quantile(np.abs(seen - expected), 0.9) < NEAR


@pytest.mark.parametrize("orientation", STORED_AS)
@pytest.mark.parametrize("kind", ["TIFF", "JPEG", "PNG", "WEBP"])
def test_a_turned_picture_has_one_size_and_one_way_up_for_all(kind: str, orientation: int) -> None:
    assert_all_agree(file_of(quarters(), kind, orientation), quarters())


@pytest.mark.parametrize("orientation", [3, 6, 7])
@pytest.mark.parametrize(
    ("mode", "compression"), [("RGB", "tiff_lzw"), ("L", "tiff_adobe_deflate"), ("1", "group4"), ("P", None)]
)
def test_a_turned_tiff_of_any_compression_is_turned_once(mode: str, compression: str | None, orientation: int) -> None:
    content = file_of(quarters(mode=mode), "TIFF", orientation, compression=compression)
    assert_all_agree(content, quarters(mode=mode))


@pytest.mark.parametrize("kind", ["TIFF", "PNG"])
def test_a_large_turned_picture_is_made_smaller_the_way_it_is_shown(kind: str) -> None:
    page = load(file_of(quarters(4800, 3200), kind, 6))
    small = np.asarray(quarters(3200, 2133), np.int16)
    assert (page.width, page.height) == (4800, 3200)
    assert page.image.shape == small.shape
    assert np.median(np.abs(page.image[..., ::-1] - small)) < NEAR


@pytest.mark.parametrize("orientation", STORED_AS)
@pytest.mark.parametrize("kind", ["TIFF", "JPEG", "PNG", "WEBP"])
def test_the_cloud_gets_a_turned_picture_upright_and_any_other_as_it_is(kind: str, orientation: int) -> None:
    content = file_of(quarters(), kind, orientation)
    sent = prepare(content, shrink=False)
    assert (sent.width, sent.height) == (WIDTH, HEIGHT)
    assert sent.is_changed == (orientation != 1)
    assert (sent.content == content) == (orientation == 1)
    if sent.is_changed:
        assert np.median(np.abs(pixels(sent.content) - np.asarray(quarters(), np.int16))) < NEAR


def deep(bits: int, *, is_zero_white: bool) -> bytes:
    """Return a TIFF of grey quarters with that many bits in 16, lighter values being smaller or greater."""
    grey = np.asarray(quarters(mode="L"), np.uint16)
    values = np.round(grey / 255.0 * (2**bits - 1)).astype(np.uint16)
    stored = (2**bits - 1 - values).astype(np.uint16) if is_zero_white else values
    out = io.BytesIO()
    Image.fromarray(stored).save(out, "TIFF", tiffinfo={262: 0 if is_zero_white else 1})
    return out.getvalue()


@pytest.mark.parametrize("is_zero_white", [False, True])
@pytest.mark.parametrize("bits", [10, 12, 16])
def test_deep_grey_looks_alike_on_the_screen_and_to_the_engine(bits: int, *, is_zero_white: bool) -> None:
    assert_all_agree(deep(bits, is_zero_white=is_zero_white), quarters(mode="L"))


def test_deep_grey_of_a_png_and_of_the_other_byte_order_looks_the_same() -> None:
    grey = np.asarray(quarters(mode="L"), np.uint16) * 257
    png, motorola = io.BytesIO(), io.BytesIO()
    Image.fromarray(grey).save(png, "PNG")
    Image.frombytes("I;16B", (WIDTH, HEIGHT), grey.astype(">u2").tobytes()).save(motorola, "TIFF")
    assert motorola.getvalue()[:2] == b"MM"
    for content in (png.getvalue(), motorola.getvalue()):
        assert_all_agree(content, quarters(mode="L"))


# Pages


def tiff_of(*sizes: tuple[int, int], **kinds: int) -> bytes:
    """Return a TIFF with a page of each size; `second` is the second one's NewSubfileType."""
    first, *others = [quarters(*size) for size in sizes]
    for image in others:
        image.encoderinfo = {"tiffinfo": {254: kinds.get("second", 0)}}
    out = io.BytesIO()
    first.save(out, "TIFF", save_all=True, append_images=others)
    return out.getvalue()


def moving(kind: str) -> bytes:
    out = io.BytesIO()
    quarters().save(out, kind, save_all=True, append_images=[quarters().rotate(180)], duration=200)
    return out.getvalue()


@pytest.mark.parametrize("count", [2, 3, 12])
def test_a_tiff_with_several_pages_is_refused_and_its_pages_are_counted(count: int) -> None:
    with pytest.raises(InvalidImage) as refusal:
        inspect(tiff_of(*[(WIDTH, HEIGHT)] * count))
    assert (refusal.value.code, refusal.value.params) == ("severalPages", {"count": count})
    assert f" {count} " in str(refusal.value)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_a_moving_picture_is_refused_for_nobody_would_see_but_its_first(kind: str) -> None:
    with pytest.raises(InvalidImage) as refusal:
        inspect(moving(kind))
    assert (refusal.value.code, refusal.value.params) == ("severalPages", {"count": 2})


@pytest.mark.parametrize("subfile", [1, 4])
def test_a_small_copy_of_the_page_and_its_mask_are_no_pages(subfile: int) -> None:
    assert inspect(tiff_of((WIDTH, HEIGHT), (32, 24), second=subfile)).width == WIDTH


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_a_tiff_that_ends_in_an_address_of_nothing_has_one_page() -> None:
    content = bytearray(file_of(quarters(), "TIFF"))
    directory = int.from_bytes(content[4:8], "little")
    entries = int.from_bytes(content[directory : directory + 2], "little")
    at = directory + 2 + 12 * entries
    content[at : at + 4] = (len(content) + 999).to_bytes(4, "little")
    assert inspect(bytes(content)).width == WIDTH


def test_what_a_phone_puts_behind_its_picture_is_no_page() -> None:
    out = io.BytesIO()
    quarters().save(out, "MPO", save_all=True, append_images=[quarters(48, 32)])
    assert Image.open(io.BytesIO(out.getvalue())).format == "MPO"
    assert inspect(out.getvalue()).media_type == "image/jpeg"
