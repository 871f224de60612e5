"""``viz.figure(fig, "what it shows")``: a matplotlib figure with a text for those who cannot see it."""

from __future__ import annotations

import base64
import io
import sys
from dataclasses import dataclass
from html import escape
from typing import Any


@dataclass(frozen=True)
class Plot:
    """A drawn figure as PNG, and what it shows in words."""

    text: str
    png: bytes

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        data = base64.b64encode(self.png).decode("ascii")
        return f'<img alt="{escape(self.text)}" src="data:image/png;base64,{data}" style="max-width:100%">'


def figure(fig: Any, text: str, *, dpi: int = 90) -> Plot:
    """A matplotlib figure as a picture with an alternative text; the figure is closed.

    JupyterLab shows a bare matplotlib figure without any text, so a screen reader says nothing. This one is an HTML
    image whose ``alt`` is ``text``, and ``text`` is also its printed form.

    Raises:
        TypeError: ``fig`` is no figure (nothing with ``savefig``), or ``text`` is no string.
        ValueError: ``text`` is empty.
    """
    if not hasattr(fig, "savefig"):
        raise TypeError(f"viz.figure(): expected a matplotlib figure, got {type(fig).__name__}")
    if not isinstance(text, str):
        raise TypeError(f"viz.figure(): expected a text that says what the figure shows, got {type(text).__name__}")
    if not text.strip():
        raise ValueError("viz.figure(): the text is empty: say in a sentence what the figure shows")
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png", dpi=dpi, bbox_inches="tight", facecolor="white")
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:  # else JupyterLab would show the figure once more
        pyplot.close(fig)
    return Plot(text, buffer.getvalue())
