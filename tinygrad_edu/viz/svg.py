"""A small SVG writer: boxes, texts, arrows – in colours for light and dark ground and for colour-blind eyes."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from itertools import pairwise

# Blue, vermilion, green and purple after Okabe and Ito's palette for colour-blind readers, each between 3 : 1 contrast
# with white and with JupyterLab's dark ground (tests/viz checks it). Colour is never the only sign of anything.
BLUE, VERMILION, GREEN, PURPLE, GREY = "#0072B2", "#D55E00", "#008C66", "#B45F92", "#7A7A7A"
CYCLE = (BLUE, VERMILION, GREEN, PURPLE)

CHARACTER = 0.6  # width of a monospaced character, in font sizes
FONT = 13.0


def width_of(text: str, size: float = FONT) -> float:
    """How wide a text is drawn."""
    return len(text) * size * CHARACTER


@dataclass(frozen=True)
class Picture:
    """A picture with a title, a text that says the same, and the SVG."""

    title: str
    text: str
    svg: str

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return (
            '<div style="overflow-x:auto;color:var(--jp-content-font-color1, CanvasText);margin:.3em 0">'
            f"{self.svg}</div>"
        )


class Canvas:
    """Collects shapes; `finish` makes the picture, as large as what was drawn."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.right = self.bottom = 0.0

    def _reach(self, x: float, y: float) -> None:
        self.right, self.bottom = max(self.right, x), max(self.bottom, y)

    def box(
        self, x: float, y: float, w: float, h: float, color: str = GREY, *, fill: float = 0.16, dashed: bool = False,
        radius: float = 4, thick: float = 1.5,
    ) -> None:  # fmt: skip
        """A rectangle with a tinted inside; ``dashed`` for what is there only in thought."""
        dash = ' stroke-dasharray="4 3"' if dashed else ""
        self.parts.append(
            f'<rect x="{x:g}" y="{y:g}" width="{w:g}" height="{h:g}" rx="{radius:g}" fill="{color}" '
            f'fill-opacity="{fill:g}" stroke="{color}" stroke-width="{thick:g}"{dash}/>'
        )
        self._reach(x + w, y + h)

    def text(
        self, x: float, y: float, text: str, *, size: float = FONT, anchor: str = "middle", bold: bool = False,
        faint: bool = False,
    ) -> None:  # fmt: skip
        """One line of text; ``y`` is its middle."""
        style = (' font-weight="600"' if bold else "") + (' opacity="0.75"' if faint else "")
        self.parts.append(
            f'<text x="{x:g}" y="{y + size * 0.35:g}" font-size="{size:g}" text-anchor="{anchor}"{style}>'
            f'<tspan xml:space="preserve">{escape(text)}</tspan></text>'
        )
        share = {"start": 1.0, "middle": 0.5, "end": 0.0}[anchor]
        self._reach(x + share * width_of(text, size), y + size)

    def curve(self, points: list[tuple[float, float]], color: str = GREY, *, arrow: bool = True) -> None:
        """A smooth line from left to right through points, with an arrowhead at its end."""
        path = f"M{points[0][0]:g} {points[0][1]:g}"
        for (x0, y0), (x1, y1) in pairwise(points):
            middle = (x0 + x1) / 2
            path += f" C{middle:g} {y0:g} {middle:g} {y1:g} {x1:g} {y1:g}"
        self.parts.append(f'<path d="{path}" fill="none" stroke="{color}" stroke-width="1.5"/>')
        if arrow:
            x, y = points[-1]
            self.parts.append(f'<path d="M{x:g} {y:g} l-8 -4 v8 z" fill="{color}"/>')
        for x, y in points:
            self._reach(x, y)

    def line(self, x0: float, y0: float, x1: float, y1: float, color: str = GREY, *, thick: float = 1.5) -> None:
        self.parts.append(
            f'<line x1="{x0:g}" y1="{y0:g}" x2="{x1:g}" y2="{y1:g}" stroke="{color}" stroke-width="{thick:g}"/>'
        )
        self._reach(max(x0, x1), max(y0, y1))

    def finish(self, title: str, text: str, margin: float = 6) -> Picture:
        """The picture. ``title`` is what a screen reader says first, ``text`` the description and the text form."""
        w, h = self.right + 2 * margin, self.bottom + 2 * margin
        svg = (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(title)}" width="{w:g}" '
            f'height="{h:g}" viewBox="{-margin:g} {-margin:g} {w:g} {h:g}" fill="currentColor" '
            'style="font-family:var(--jp-code-font-family, ui-monospace, monospace)">'
            f"<title>{escape(title)}</title><desc>{escape(text)}</desc>{''.join(self.parts)}</svg>"
        )
        return Picture(title, text, svg)


def number(value: float | int | bool | complex) -> str:
    """A number in at most five significant digits, as short as it gets.

    >>> number(0.30000001), number(-4.0), number(7), number(True), number(1763.8846)
    ('0.3', '-4', '7', 'True', '1763.9')
    """
    return f"{value:.5g}" if isinstance(value, float) else str(value)
