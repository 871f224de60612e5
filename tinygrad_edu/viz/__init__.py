"""Pictures of what one would rather look at than read: a loss's graph, a view's strides, a broadcast.

    viz.graph(loss)          the computation that made ``loss``, with values and gradients
    viz.strides(x)           how a tensor's elements lie in its storage
    viz.broadcast(a, b)      how two shapes are brought to one

Each returns a `Picture`: an SVG in a notebook (it needs no other package and follows JupyterLab's theme), and a text
that says the same wherever there is no browser.
"""

from __future__ import annotations

from .broadcast import broadcast
from .graph import graph
from .strides import strides
from .svg import Picture

__all__ = ["Picture", "broadcast", "graph", "strides"]
