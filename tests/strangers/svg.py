"""Elements of SVG as text."""

Attribute = str | float


def element(tag: str, content: str = "", **attributes: Attribute) -> str:
    """Return an element. Attributes are named as in SVG with _ for -, and with a last _ where Python has the word."""
    named = [f'{name.rstrip("_").replace("_", "-")}="{plain(value)}"' for name, value in attributes.items()]
    return f"<{' '.join([tag, *named])}>{content}</{tag}>"


def plain(value: Attribute) -> str:
    """Return a length to a thousandth of a millimetre, and words as they are."""
    return value if isinstance(value, str) else f"{value:.3f}".rstrip("0").rstrip(".")


def place(x: float, y: float, turn: float = 0, stretch: float = 1) -> str:
    """Return a transform: moved, then turned by degrees, then stretched sideways."""
    parts = [f"translate({x:.3f} {y:.3f})"]
    if turn:
        parts.append(f"rotate({turn:.2f})")
    if stretch != 1:
        parts.append(f"scale({stretch:.3f} 1)")
    return " ".join(parts)
