#!/usr/bin/env bash
# A TIFF that only its XMP block turns has one size when Pillow opens it and another once it is read.
#
# Seen with Pillow 13.0.0 on CPython 3.13.0. A TIFF with the tag Orientation 6 has the size of the
# turned picture as soon as it is open. One expects the same, or no turn at all, where the
# orientation stands in its XMP block alone, as photo software writes it: but there `size` is that of
# the stored rows on opening, `getexif()` already says 6, `load()` turns the picture, and afterwards
# `size` is the other one and the 6 is gone. Whoever takes the size on opening and turns by the tag,
# or scales places by that size, is wrong by a quarter turn. The same block in a JPEG or a WebP is told
# by `getexif()` and turns nothing until `exif_transpose`; in a PNG it is not told at all.
# What helps: read first, then take the size.
#
# Exits 0 while it is so, 1 when it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install pillow==13.0.0
cat > "$folder/turned.py" <<'PYTHON'
import io

from PIL import Image, TiffImagePlugin

ORIENTATION = 0x0112
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"/>'
    b"</rdf:RDF></x:xmpmeta>"
)


def written(kind):
    """Return a file of a picture 40 wide and 20 high."""
    out, tags = io.BytesIO(), TiffImagePlugin.ImageFileDirectory_v2()
    image = Image.new("RGB", (40, 20), "white")
    if kind == "TIFF, tag":
        tags[ORIENTATION] = 6
        image.save(out, "TIFF", tiffinfo=tags)
    elif kind == "TIFF":
        tags.tagtype[700] = 1
        tags[700] = XMP
        image.save(out, "TIFF", tiffinfo=tags)
    else:
        image.save(out, kind, xmp=XMP)
    return io.BytesIO(out.getvalue())


for kind in ("TIFF, tag", "TIFF", "JPEG", "WEBP", "PNG"):
    image = Image.open(written(kind))
    size, tag = image.size, image.getexif().get(ORIENTATION)
    image.load()
    print(f"{kind}: opened {size} {tag}, loaded {image.size} {image.getexif().get(ORIENTATION)}")
PYTHON
seen=$("$folder/venv/bin/python" -W ignore "$folder/turned.py")
"$folder/venv/bin/python" -c 'import sys, PIL; print("CPython", sys.version.split()[0], "Pillow", PIL.__version__)'
printf '%s\n' "$seen"
[ "$seen" = "TIFF, tag: opened (20, 40) 6, loaded (20, 40) None
TIFF: opened (40, 20) 6, loaded (20, 40) None
JPEG: opened (40, 20) 6, loaded (40, 20) 6
WEBP: opened (40, 20) 6, loaded (40, 20) 6
PNG: opened (40, 20) None, loaded (40, 20) None" ]
