"""Write event files that TensorBoard shows: curves, histograms, pictures, the graph of a model.

    from tinygrad_edu.utils.tensorboard import SummaryWriter

    with SummaryWriter("runs/first") as writer:
        for step in range(100):
            writer.add_scalar("loss", 1 / (step + 1), step)

and, in a terminal, ``tensorboard --logdir runs``. The files are made by the package tensorboard (``pip install
"tinygrad-edu[tensorboard]"``): its own protocol buffers and writer.
"""

from __future__ import annotations

try:
    import tensorboard
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        'SummaryWriter needs the package tensorboard: pip install "tinygrad-edu[tensorboard]"', name=error.name
    ) from error

from tensorboard.summary.writer.record_writer import RecordWriter

from .writer import FileWriter, SummaryWriter

__all__ = ["FileWriter", "RecordWriter", "SummaryWriter"]
