"""An SVG page in millimetres: what the printing house drew, what the office printed, the seals over both."""

from dataclasses import dataclass, field
from html import escape

from tests.strangers.dots import dot_path
from tests.strangers.fonts import Face
from tests.strangers.svg import Attribute, element, place

PX = 96 / 25.4  # CSS pixels in a millimetre
MIDDLE = 0.36  # of a line's size: the baseline lies so far below the middle of its characters
DOT = 0.19  # mm, the width of a needle's dot

# Values that stand side by side or below each other get different channels, so that each one's ink is found alone.
CHANNELS = {
    "neonatalName": 0, "sex": 1, "birthTime": 2, "gestationalAge": 1, "birthWeight": 2, "birthLength": 0,
    "birthPlace": 0, "medicalInstitutions": 1,
    "motherName": 1, "motherAge": 2, "motherNationality": 1, "motherEthnicity": 0, "motherAddress": 2,
    "motherIdCardNumber": 1,
    "fatherName": 0, "fatherAge": 1, "fatherNationality": 2, "fatherEthnicity": 1, "fatherAddress": 0,
    "fatherIdCardNumber": 2,
    "issueAuthority": 1, "issueDate": 2, "certificateNumber": 0,
}  # fmt: skip

STYLE = """
html, body { margin: 0; background: PAPER; }
svg { display: block; }
text { white-space: pre; text-rendering: geometricPrecision; }
.seal { mix-blend-mode: multiply; }
.ink, .ink body { background: #000; }
.ink .form, .ink .seal, .ink .aside { display: none; }
.ink .value { mix-blend-mode: screen; opacity: 1; }
.ink [data-channel="0"] { fill: #f00; }
.ink [data-channel="1"] { fill: #0f0; }
.ink [data-channel="2"] { fill: #00f; }
.ink [data-channel="0"][stroke] { stroke: #f00; }
.ink [data-channel="1"][stroke] { stroke: #0f0; }
.ink [data-channel="2"][stroke] { stroke: #00f; }
.ink path { fill: none !important; }
"""


@dataclass(frozen=True, slots=True)
class Toner:
    """How the office prints: the face, its size and outline in mm, and how far off its place on the sheet."""

    face: Face
    size: float
    colour: str
    outline: float
    opacity: float
    dots: bool
    dx: float
    dy: float
    angle: float  # degrees, about the sheet's middle


@dataclass(slots=True)
class Sheet:
    width: float
    height: float
    paper: str
    toner: Toner
    form: list[str] = field(default_factory=list)
    print: list[str] = field(default_factory=list)
    seals: list[str] = field(default_factory=list)

    def label(self, x: float, y: float, text: str, family: str, size: float, colour: str, **extra: Attribute) -> None:
        """Set a label with its left edge at x and its middle at y."""
        baseline = y + MIDDLE * size
        self.form.append(
            element("text", escape(text), x=x, y=baseline, font_family=family, font_size=size, fill=colour, **extra)
        )

    def rule(self, x: float, y: float, right: float, colour: str, dash: str) -> None:
        path = f"M{x:.2f} {y:.2f}H{right:.2f}"
        self.form.append(element("path", d=path, stroke=colour, stroke_width=0.18, stroke_dasharray=dash, fill="none"))

    def box(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """Draw a box of the form with its left edge at x and its middle at y."""
        top = y - height / 2
        self.form.append(
            element("rect", x=x, y=top, width=width, height=height, fill="none", stroke=colour, stroke_width=0.22)
        )

    def value(self, key: str, x: float, y: float, text: str, size: float | None = None) -> None:
        """Print a part of a value with its left edge at x and its middle at y; without a key it is none of the 23."""
        toner, size = self.toner, size or self.toner.size
        if toner.dots:
            path = dot_path(text, toner.face.family, size)
            ink = {"stroke": toner.colour, "fill": "none", "stroke_linecap": "round", "stroke_width": DOT}
            at = place(x, y - size / 2)
            self.print.append(element("path", d=path, transform=at, opacity=toner.opacity, **ink, **role(key)))
            return
        outline: dict[str, Attribute] = {"stroke": toner.colour, "stroke_width": toner.outline} if toner.outline else {}
        font = {"font_family": toner.face.css, "font_size": size, "fill": toner.colour, "opacity": toner.opacity}
        at = place(x, y + MIDDLE * size, stretch=toner.face.width)
        self.print.append(element("text", superscript(text), transform=at, **font, **outline, **role(key)))

    def tick(self, key: str, x: float, y: float) -> None:
        """Tick the box whose left edge is at x."""
        path = f"M{x + 0.3:.2f} {y - 0.1:.2f}l.9 1.1l1.7 -2.6"
        self.print.append(
            element("path", d=path, fill="none", stroke=self.toner.colour, stroke_width=0.38, **role(key))
        )

    def number(self, x: float, y: float, text: str, family: str, size: float, colour: str, length: float) -> None:
        """Print the certificate's number, which the printing house did: the office's printer does not shift it."""
        left, baseline = x - self.toner.dx, y - self.toner.dy + MIDDLE * size
        font = {"font_family": family, "font_size": size, "fill": colour, "textLength": length}
        self.print.append(element("text", text, x=left, y=baseline, **font, **role("certificateNumber")))

    def html(self) -> str:
        """Return the page."""
        toner = self.toner
        turn = f"rotate({toner.angle:.3f} {self.width / 2:.1f} {self.height / 2:.1f})"
        layers = element("g", "".join(self.form), class_="form")
        layers += element("g", "".join(self.print), transform=f"translate({toner.dx:.2f} {toner.dy:.2f}) {turn}")
        layers += element("g", "".join(self.seals), class_="seal")
        size = {"width": self.width * PX, "height": self.height * PX, "viewBox": f"0 0 {self.width} {self.height}"}
        svg = element("svg", layers, xmlns="http://www.w3.org/2000/svg", **size)
        style = element("style", STYLE.replace("PAPER", self.paper))
        return f"<!doctype html><html><head><meta charset='utf-8'>{style}</head><body>{svg}</body></html>"


def role(key: str) -> dict[str, Attribute]:
    """Return the attributes by which the browser finds the ink of one of the 23 values."""
    return {"class_": "value", "data_key": key, "data_channel": CHANNELS[key]} if key else {"class_": "aside"}


def superscript(text: str) -> str:
    """Return escaped text in which what follows ⁺ stands high and small: 40⁺3."""
    plain, _, raised = text.partition("⁺")
    if not raised:
        return escape(text)
    return escape(plain) + element("tspan", f"+{escape(raised)}", dy="-.35em", font_size="62%")
