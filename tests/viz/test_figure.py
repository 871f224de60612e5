"""`viz.figure`: a matplotlib figure with a text."""

from __future__ import annotations

import base64
import re

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import pytest

from tinygrad_edu import viz


def test_an_image_with_a_text_and_no_figure_left_open() -> None:
    fig, axes = plt.subplots()
    axes.plot([1, 2])
    plot = viz.figure(fig, 'a line that rises & "bends"')
    assert repr(plot) == 'a line that rises & "bends"'
    html = plot._repr_html_()
    assert 'alt="a line that rises &amp; &quot;bends&quot;"' in html
    data = re.search(r"base64,([^\"]+)", html)
    assert data is not None
    assert base64.b64decode(data[1]).startswith(b"\x89PNG")
    assert plt.get_fignums() == []


def test_a_text_is_required() -> None:
    fig, axes = plt.subplots()
    with pytest.raises(TypeError, match=r"expected a matplotlib figure, got AxesSubplot|got Axes"):
        viz.figure(axes, "axes are no figure")
    with pytest.raises(TypeError, match="expected a text"):
        viz.figure(fig, None)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="empty"):
        viz.figure(fig, " ")
    plt.close(fig)
