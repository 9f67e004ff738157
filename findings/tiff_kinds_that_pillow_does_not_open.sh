#!/usr/bin/env bash
# Pillow opens a 16-bit TIFF whose zero is white in one byte order only, and BigTIFF in one only.
#
# Seen with Pillow 13.0.0 on CPython 3.13.0; tifffile 2026.11.8 writes the files and reads them back.
# Byte order says nothing of a picture, and Pillow reads both orders of nearly all kinds: also of
# 16-bit grey whose zero is black, and its list of accepted headers names BigTIFF of both orders. So
# one expects that a kind that opens in one order opens in the other. Grey of 16 bits with
# PhotometricInterpretation 0 (WhiteIsZero) opens as II and not as MM, as does BigTIFF of any kind:
# UnidentifiedImageError, as for a file that is no picture at all. For the first its table of kinds
# lacks the entry, though it knows the packing; for the second it looks for the 43 of BigTIFF in the
# third byte, where only II has it.
# What helps: `PIL.TiffImagePlugin.OPEN_INFO.setdefault((b"MM", 0, (1,), 1, (16,), ()), ("I;16B",
# "I;16B"))`; the last line shows that its values are then those of the file, not inverted, as with
# II. Nothing for BigTIFF of MM but to tell people.
#
# Exits 0 while it is so, 1 when it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install pillow==13.0.0 tifffile==2026.11.8 numpy==2.5.5
cat > "$folder/orders.py" <<'PYTHON'
import io

import numpy
import tifffile
from PIL import Image, TiffImagePlugin

VALUES = numpy.arange(0, 65536, 256, dtype=numpy.uint16).reshape(16, 16)


def written(order, polarity, is_big):
    out = io.BytesIO()
    tifffile.imwrite(out, VALUES, byteorder=order, photometric=polarity, bigtiff=is_big)
    assert (tifffile.imread(io.BytesIO(out.getvalue())) == VALUES).all()
    return io.BytesIO(out.getvalue())


def opened(*kind):
    try:
        return Image.open(written(*kind)).mode
    except OSError:
        return "not opened"


print("0 is black:", opened("<", "minisblack", False), "and", opened(">", "minisblack", False))
print("0 is white:", opened("<", "miniswhite", False), "and", opened(">", "miniswhite", False))
print("BigTIFF:", opened("<", "minisblack", True), "and", opened(">", "minisblack", True))
TiffImagePlugin.OPEN_INFO.setdefault((b"MM", 0, (1,), 1, (16,), ()), ("I;16B", "I;16B"))
same = (numpy.asarray(Image.open(written(">", "miniswhite", False))) == VALUES).all()
print("with the entry:", opened(">", "miniswhite", False), "as in the file" if same else "changed")
PYTHON
seen=$("$folder/venv/bin/python" -W ignore "$folder/orders.py")
"$folder/venv/bin/python" -c 'import sys, PIL; print("CPython", sys.version.split()[0], "Pillow", PIL.__version__)'
printf '%s\n' "$seen"
[ "$seen" = "0 is black: I;16 and I;16B
0 is white: I;16 and not opened
BigTIFF: I;16 and not opened
with the entry: I;16B as in the file" ]
