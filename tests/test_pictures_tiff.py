"""TIFF as scanners, copiers and faxes write it: every depth, order, polarity, layout and compression looks alike."""

import io

import numpy as np
import pytest
from PIL import Image

from reviewapp.engines.aliyun.prepare import prepare
from reviewapp.exceptions import InvalidImage
from reviewapp.pictures.files import inspect
from tests.picture_files import (
    NEAR,
    STORED_AS,
    Tags,
    assert_all_agree,
    file_of,
    packed,
    paper,
    pixels,
    quarters,
    saved,
    tags_of,
    tiff,
    without_tag,
)

# Nothing here needs a database, so one run of the two is enough.
pytestmark = pytest.mark.sqlite

ORDERS = ["<", ">"]
COMPRESSIONS = {
    "1": [None, "group3", "group4", "packbits", "tiff_lzw", "tiff_adobe_deflate"],
    "L": [None, "packbits", "tiff_lzw", "tiff_adobe_deflate", "tiff_deflate", "jpeg", "lzma", "zstd"],
    "RGB": [None, "packbits", "tiff_lzw", "tiff_adobe_deflate", "tiff_deflate", "jpeg", "lzma", "zstd"],
    "P": [None, "packbits", "tiff_lzw", "tiff_adobe_deflate"],
    "CMYK": [None, "packbits", "tiff_lzw", "tiff_adobe_deflate", "jpeg"],
}
WAYS = [(mode, compression) for mode, compressions in COMPRESSIONS.items() for compression in compressions]


def grey(bits: int) -> np.ndarray:
    """Return quarters of grey with values of so many bits; each way of storing them must show these quarters."""
    return np.round(np.asarray(quarters(mode="L")) / 255 * (2**bits - 1)).astype(np.int64)


@pytest.mark.parametrize("orientation", STORED_AS)
@pytest.mark.parametrize(("mode", "compression"), WAYS)
def test_a_turned_tiff_of_any_compression_is_turned_once(mode: str, compression: str | None, orientation: int) -> None:
    content = file_of(quarters(mode=mode), "TIFF", orientation, compression=compression)
    assert_all_agree(content, quarters(mode=mode))


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("is_zero_white", [False, True])
@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_few_bits_of_which_several_fill_a_byte_look_alike(bits: int, order: str, *, is_zero_white: bool) -> None:
    most = 2**bits - 1
    values = most - grey(bits) if is_zero_white else grey(bits)
    shown = Image.fromarray((grey(bits) * (255 // most)).astype(np.uint8))
    assert_all_agree(tiff([packed(values, bits)], tags_of(values, bits, 0 if is_zero_white else 1), order=order), shown)


@pytest.mark.parametrize("polarity", [0, 1])
def test_bits_that_are_stored_from_the_last_to_the_first_look_alike(polarity: int) -> None:
    values = np.asarray(paper("1"), np.int64) ^ (1 - polarity)
    reversed_bits = np.packbits(np.unpackbits(np.frombuffer(packed(values, 1), np.uint8)), bitorder="little")
    assert_all_agree(tiff([reversed_bits.tobytes()], tags_of(values, 1, polarity, t266=2)), paper("1"))


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("is_zero_white", [False, True])
@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
def test_few_bits_in_sixteen_look_alike_on_the_screen_and_to_the_engine(
    bits: int, order: str, *, is_zero_white: bool
) -> None:
    values = 2**bits - 1 - grey(bits) if is_zero_white else grey(bits)
    stored = values.astype(f"{order}u2").tobytes()
    content = tiff([stored], tags_of(values, 16, 0 if is_zero_white else 1), order=order)
    assert_all_agree(content, quarters(mode="L"))


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("is_zero_white", [False, True])
@pytest.mark.parametrize("bits", [16, 24, 31, 32])
def test_thirty_two_bits_look_alike(bits: int, order: str, *, is_zero_white: bool) -> None:
    most = 2**bits - 1
    values = most - grey(bits) if is_zero_white else grey(bits)
    stored = values.astype(f"{order}u4").tobytes()
    tags = tags_of(values, 32, 0 if is_zero_white else 1, t341=most)
    assert_all_agree(tiff([stored], tags, order=order), quarters(mode="L"))


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("is_zero_white", [False, True])
def test_twelve_bits_of_which_two_fill_three_bytes_look_alike(order: str, *, is_zero_white: bool) -> None:
    values = 4095 - grey(12) if is_zero_white else grey(12)
    content = tiff([packed(values, 12)], tags_of(values, 12, 0 if is_zero_white else 1), order=order)
    assert_all_agree(content, quarters(mode="L"))


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("is_zero_white", [False, True])
@pytest.mark.parametrize("most", [1.0, 1.02, 255.0, 65535.0])
def test_fractions_look_alike_also_a_little_above_white(most: float, order: str, *, is_zero_white: bool) -> None:
    values = grey(16) / 65535
    stored = ((1 - values if is_zero_white else values) * most).astype(f"{order}f4")
    content = tiff([stored.tobytes()], tags_of(values, 32, 0 if is_zero_white else 1, t339=3), order=order)
    assert_all_agree(content, quarters(mode="L"))


def test_fractions_that_are_no_numbers_are_black_and_spoil_nothing_else() -> None:
    values = (grey(16) / 65535).astype("<f4")
    values[:4, :4] = np.nan
    values[:4, 4:8] = np.inf
    shown = quarters(mode="L")
    shown.paste(0, (0, 0, 8, 4))
    assert_all_agree(tiff([values.tobytes()], tags_of(values, 32, t339=3)), shown)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("is_zero_white", [False, True])
@pytest.mark.parametrize("bits", [16, 32])
def test_signed_values_around_zero_look_alike(bits: int, order: str, *, is_zero_white: bool) -> None:
    values = (2**bits - 1 - grey(bits) if is_zero_white else grey(bits)) - 2 ** (bits - 1)
    stored = values.astype(f"{order}i{bits // 8}").tobytes()
    content = tiff([stored], tags_of(values, bits, 0 if is_zero_white else 1, t339=2), order=order)
    assert_all_agree(content, quarters(mode="L"))


def test_a_little_noise_below_zero_is_black() -> None:
    values = grey(15)
    values[:8, :8] = -300
    shown = quarters(mode="L")
    shown.paste(0, (0, 0, 8, 8))
    assert_all_agree(tiff([values.astype("<i2").tobytes()], tags_of(values, 16, t339=2, t341=32767)), shown)


@pytest.mark.parametrize("tag", [281, 341])
def test_a_dark_page_stays_dark_where_the_file_says_what_white_is(tag: int) -> None:
    values = grey(12) // 8
    content = tiff([values.astype("<u2").tobytes()], {**tags_of(values, 16), tag: 4095})
    assert_all_agree(content, quarters(mode="L").point(lambda value: value // 8))


def test_a_greatest_value_that_pixels_exceed_is_not_believed() -> None:
    values = grey(16)
    assert_all_agree(tiff([values.astype("<u2").tobytes()], tags_of(values, 16, t341=1)), quarters(mode="L"))


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_adobe_deflate", "packbits"])
@pytest.mark.parametrize("polarity", [0, 1])
def test_compressed_deep_grey_looks_the_same(polarity: int, compression: str) -> None:
    values = 65535 - grey(16) if polarity == 0 else grey(16)
    image = Image.fromarray(values.astype(np.uint16))
    assert_all_agree(saved(image, "TIFF", compression=compression, tiffinfo={262: polarity}), quarters(mode="L"))


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("bits", [8, 10, 12, 16])
def test_colours_of_few_bits_in_sixteen_look_alike(bits: int, order: str) -> None:
    values = np.round(np.asarray(quarters()) / 255 * (2**bits - 1)).astype(f"{order}u2")
    assert_all_agree(tiff([values.tobytes()], tags_of(values, 16, 2), order=order), quarters())


# Layout


def strips(values: np.ndarray, rows: int) -> list[bytes]:
    return [values[top : top + rows].tobytes() for top in range(0, len(values), rows)]


def tiles(values: np.ndarray, side: int) -> list[bytes]:
    """Return the picture in square tiles, those at its edges filled up."""
    height, width, *samples = values.shape
    room = np.zeros((-(-height // side) * side, -(-width // side) * side, *samples), values.dtype)
    room[:height, :width] = values
    corners = [(top, left) for top in range(0, len(room), side) for left in range(0, room.shape[1], side)]
    return [room[top : top + side, left : left + side].tobytes() for top, left in corners]


@pytest.mark.parametrize(("order", "is_big"), [("<", False), (">", False), ("<", True)])
@pytest.mark.parametrize("rows", [1, 7, 63, 64, 1000])
def test_strips_of_odd_heights_make_one_picture(rows: int, order: str, *, is_big: bool) -> None:
    values = np.asarray(quarters())
    tags: Tags = {**tags_of(values, 8, 2), 278: rows}
    assert_all_agree(tiff(strips(values, rows), tags, order=order, is_big=is_big), quarters())


@pytest.mark.parametrize(("order", "is_big"), [("<", False), (">", False), ("<", True)])
@pytest.mark.parametrize("side", [16, 48, 256])
def test_tiles_make_one_picture(side: int, order: str, *, is_big: bool) -> None:
    values = np.asarray(quarters())
    tags = {number: value for number, value in tags_of(values, 8, 2).items() if number != 278}
    content = tiff(tiles(values, side), {**tags, 322: side, 323: side}, order=order, is_big=is_big, is_tiled=True)
    assert_all_agree(content, quarters())


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_a_kind_that_cannot_be_opened_is_refused_with_a_way_out() -> None:
    values = np.asarray(quarters())
    with pytest.raises(InvalidImage) as refusal:
        inspect(tiff([values.tobytes()], tags_of(values, 8, 2), order=">", is_big=True))
    assert refusal.value.code == "truncatedImage"
    assert "save it as PNG or JPEG" in str(refusal.value)


def test_colours_in_planes_of_their_own_make_one_picture() -> None:
    values = np.asarray(quarters())
    planes = [values[..., index].tobytes() for index in range(3)]
    assert_all_agree(tiff(planes, tags_of(values, 8, 2, t284=2)), quarters())


# Which end is white


@pytest.mark.parametrize("compression", ["group3", "group4"])
def test_a_fax_whose_zero_is_white_is_black_on_white(compression: str) -> None:
    content = saved(paper("1"), "TIFF", compression=compression, tiffinfo={262: 0})
    assert Image.open(io.BytesIO(content)).getexif()[262] == 0
    assert_all_agree(content, paper("1"))


@pytest.mark.parametrize("is_zero_white", [False, True])
@pytest.mark.parametrize("bits", [1, 8, 16])
def test_paper_is_light_where_a_file_does_not_say_which_end_is_white(bits: int, *, is_zero_white: bool) -> None:
    most = 2**bits - 1
    light = np.round(np.asarray(paper("1" if bits == 1 else "L"), int) / (1 if bits == 1 else 255) * most).astype(int)
    values = most - light if is_zero_white else light
    stored = packed(values, 1) if bits == 1 else values.astype(f"<u{bits // 8}").tobytes()
    content = tiff([stored], tags_of(values, bits, None))
    assert_all_agree(content, paper("1" if bits == 1 else "L"))


@pytest.mark.parametrize("compression", ["group4", "tiff_lzw"])
def test_paper_is_light_in_a_compressed_file_that_does_not_say_it_either(compression: str) -> None:
    assert_all_agree(without_tag(saved(paper("1"), "TIFF", compression=compression), 262), paper("1"))


@pytest.mark.parametrize("order", ORDERS)
def test_three_values_are_colours_though_a_file_does_not_say_so(order: str) -> None:
    values = np.asarray(quarters())
    assert_all_agree(tiff([values.tobytes()], tags_of(values, 8, None), order=order), quarters())


# Other colours


@pytest.mark.parametrize("mode", ["L", "RGB"])
@pytest.mark.parametrize("is_mixed", [False, True])
def test_transparency_beside_colours_and_mixed_into_them_is_white(mode: str, *, is_mixed: bool) -> None:
    colours = np.asarray(quarters(mode=mode), int).reshape(64, 96, -1)
    share = np.full((64, 96, 1), 255)
    share[:, 48:] = 100
    stored = np.dstack([colours * share // 255 if is_mixed else colours, share])
    shown = (colours * share + 255 * (255 - share)) // 255
    content = tiff(
        [stored.astype(np.uint8).tobytes()], tags_of(stored, 8, 1 if mode == "L" else 2, t338=1 if is_mixed else 2)
    )
    assert_all_agree(content, Image.fromarray(shown.astype(np.uint8).squeeze()))


@pytest.mark.parametrize("mode", ["LAB", "YCbCr", "CMYK", "LA", "RGBA", "P", "1"])
def test_a_tiff_of_any_colours_looks_the_same(mode: str) -> None:
    image = Image.new("RGB", (96, 64), "white")
    image.paste("#204080", (10, 10, 60, 40))
    if mode in ("LA", "1"):
        image = image.convert("1", dither=Image.Dither.NONE).convert("RGB")
    stored = image.quantize(8) if mode == "P" else image.convert(mode)
    assert_all_agree(saved(stored, "TIFF"), image)


# The cloud


@pytest.mark.parametrize("bits", [8, 12, 16])
def test_the_cloud_gets_deep_grey_in_the_kind_that_every_program_reads(bits: int) -> None:
    values = grey(bits)
    sent = prepare(tiff([values.astype(">u2").tobytes()], tags_of(values, 16), order=">"), shrink=False)
    assert Image.open(io.BytesIO(sent.content)).format == "JPEG"
    assert np.median(np.abs(pixels(sent.content) - np.asarray(quarters(mode="L").convert("RGB"), np.int16))) < NEAR
