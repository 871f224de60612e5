"""Pictures of what one would rather look at than read: a loss's graph, a view's strides, a broadcast.

    viz.graph(loss)          the computation that made ``loss``, with values and gradients
    viz.strides(x)           how a tensor's elements lie in its storage
    viz.broadcast(a, b)      how two shapes are brought to one
    viz.moves(f, a, b)       where each element of ``f(a, b)`` comes from: cat, split, permute, x[mask] …
    viz.gather(x, dim, i)    what ``x.gather(dim, i)`` picks
    viz.reduction(x, "sum")  what ``x.sum(0)`` and ``x.sum(1)`` add up
    viz.matmul(a, b, (i, j)) one element of a product of matrices
    viz.convolution(x, k)    the window of a convolution at one place
    viz.im2col(x, 3)         all windows as the columns of a matrix
    viz.batches(loader)      which example goes into which batch
    viz.workers(2)           who fetches and who trains when, with two workers
    viz.figure(fig, text)    a matplotlib figure with a text for those who cannot see it
    viz.surface(f, x, y)     a loss from above, and the paths that lead down

All but the last return a `Picture`: an SVG in a notebook (it needs no other package and follows JupyterLab's theme), and
a text that says the same wherever there is no browser.
"""

from __future__ import annotations

from .broadcast import broadcast
from .convolution import convolution, im2col
from .figure import figure
from .graph import graph
from .loading import batches, workers
from .strides import strides
from .surface import contours, surface
from .svg import Picture
from .tables import gather, matmul, moves, reduction

__all__ = [
    "Picture",
    "batches",
    "broadcast",
    "contours",
    "convolution",
    "figure",
    "gather",
    "graph",
    "im2col",
    "matmul",
    "moves",
    "reduction",
    "strides",
    "surface",
    "workers",
]
