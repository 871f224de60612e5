"""Pictures of what one would rather look at than read: a loss's graph, a view's strides, a broadcast.

    viz.graph(loss)          the computation that made ``loss``, with values and gradients
    viz.strides(x)           how a tensor's elements lie in its storage
    viz.broadcast(a, b)      how two shapes are brought to one
    viz.figure(fig, text)    a matplotlib figure with a text for those who cannot see it

The first three return a `Picture`: an SVG in a notebook (it needs no other package and follows JupyterLab's theme), and
a text that says the same wherever there is no browser.
"""

from __future__ import annotations

from .broadcast import broadcast
from .figure import figure
from .graph import graph
from .strides import strides
from .svg import Picture

__all__ = ["Picture", "broadcast", "figure", "graph", "strides"]
