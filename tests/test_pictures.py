"""How picture files are opened: all who look at one agree on its size, its turn, its grey and its pages."""

import io

import numpy as np
import pytest
from PIL import Image

from reviewapp.engines.aliyun.prepare import prepare
from reviewapp.engines.local.find.page import load
from reviewapp.exceptions import InvalidImage
from reviewapp.pictures.files import inspect
from tests.picture_files import HEIGHT, NEAR, STORED_AS, WIDTH, assert_all_agree, file_of, pixels, quarters, saved

# Nothing here needs a database, so one run of the two is enough.
pytestmark = pytest.mark.sqlite


@pytest.mark.parametrize("orientation", STORED_AS)
@pytest.mark.parametrize("kind", ["TIFF", "JPEG", "PNG", "WEBP"])
def test_a_turned_picture_has_one_size_and_one_way_up_for_all(kind: str, orientation: int) -> None:
    assert_all_agree(file_of(quarters(), kind, orientation), quarters())


XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="{}"/>
</rdf:RDF></x:xmpmeta>"""


@pytest.mark.parametrize("orientation", STORED_AS)
@pytest.mark.parametrize("kind", ["TIFF", "JPEG", "WEBP"])
def test_a_picture_of_which_only_its_xmp_block_says_how_it_turns_is_turned_once(kind: str, orientation: int) -> None:
    stored = Image.open(io.BytesIO(file_of(quarters(), "PNG", orientation))).copy()
    block = XMP.format(orientation).encode()
    options = {"tiffinfo": {700: block}} if kind == "TIFF" else {"xmp": block}
    assert_all_agree(saved(stored, kind, exif=Image.Exif(), **options), quarters())


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
