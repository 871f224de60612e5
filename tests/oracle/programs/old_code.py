"""What programs meet that others wrote, some long ago: old names and old forms, and what they are told about them, at their own line."""
import warnings

import numpy as np
import torch
import torch.nn.functional as F
import torchvision
from torch import nn


def told(f):
    """What a call gives, and what it warns of: is that said of this file?"""
    torch.set_warn_always(True)
    with warnings.catch_warnings(record=True) as w:
        warnings.simplefilter("always")
        try:
            result = f()
        except Exception as error:
            result = f"{type(error).__name__}: {error}"
        finally:
            torch.set_warn_always(False)
    return result, [(x.category.__name__, x.filename == "old_code.py", str(x.message).split(" (Triggered")[0]) for x in w]

# ---- warnings name the program's line
a, byte = torch.eye(3), torch.tensor([1, 0, 1], dtype=torch.uint8)
told(lambda: torch.where(byte, torch.ones(3), torch.zeros(3)))
told(lambda: torch.ones(3).where(byte, torch.zeros(3)))
told(lambda: torch.ones(3)[byte])
told(lambda: torch.ones(2, 2)[[slice(1), [0]]])
told(lambda: F.kl_div(torch.zeros(2), torch.ones(2)))
told(lambda: torch.cross(torch.ones(2, 3), torch.ones(2, 3)))
told(lambda: torch.ones(2, 3).cross(torch.ones(2, 3)))
[told(f) for f in (torch.ones(1).std, lambda: torch.var(torch.ones(1)), lambda: torch.std_mean(torch.ones(1)), lambda: torch.ones(2, 1).var(1))]
z = torch.ones(1, dtype=torch.complex64)
[told(f) for f in (z.float, lambda: z.to(torch.float32), lambda: torch.zeros(1).copy_(z))]
told(lambda: torch.ones(2).resize(2))
told(lambda: torch.ones(2).resize_as(torch.ones(2)))
told(lambda: F.conv1d(torch.ones(1, 1, 4), torch.ones(1, 1, 2), padding="same"))
told(lambda: F.embedding_bag(torch.ones(2, 2), torch.zeros(1, 2).long()))
told(lambda: torch.index_reduce(torch.ones(3), 0, torch.tensor([0]), torch.ones(1), "prod"))
told(lambda: torch.ones(3).scatter_(0, torch.tensor([0]), torch.ones(1), reduce="add"))
told(lambda: torch.add(torch.ones(2), 1, out=torch.ones(3)))
told(lambda: torch.sum(torch.ones(2), 0, out=torch.ones(3)))

# ---- factors between the tensors
told(lambda: torch.add(a, 2, a))
told(lambda: torch.add(a, 2, 3))
told(lambda: a.add(2, a))
told(lambda: torch.sub(a, 2, a))[1]
told(lambda: a.clone().sub_(2, a))[1]
told(lambda: torch.addmm(1, a, 2, a, a))
told(lambda: torch.addmm(1, a, a, a))[1]
told(lambda: a.addmm(1, 2, a, a))[1]
told(lambda: torch.addmv(1, a[0], a, a[0]))[1]
told(lambda: torch.baddbmm(1, a[None], 2, a[None], a[None]))[1]
told(lambda: torch.addcmul(a, 2, a, a))
told(lambda: a.clone().addcdiv_(2, a, a + 1))[1]

# ---- masks of bytes, boundaries with gaps
told(lambda: torch.ones(3).masked_scatter(byte, torch.ones(3)))
told(lambda: torch.ones(3).masked_scatter_(byte, torch.ones(3)))
every_second = torch.arange(8.0)[::2]
told(lambda: torch.bucketize(torch.ones(2), every_second))
told(lambda: torch.searchsorted(every_second, every_second))
told(lambda: torch.searchsorted(torch.arange(4.0), torch.ones(2, 2).t()))
told(lambda: torch.searchsorted(every_second, 2.0))

# ---- old names
told(lambda: nn.Hardtanh(min_value=-2.0))
told(lambda: nn.Hardtanh(-1, 1, min_value=-2.0, max_value=3.0))
told(lambda: torch.ones(2).reinforce(1.0))
told(lambda: torch.autograd.variable([1.0, 2.0]))
torch.autograd.variable.Variable(torch.ones(1)), isinstance(torch.ones(1), torch.autograd.variable.Variable)
torch._utils._flatten_dense_tensors([torch.ones(2), torch.zeros(1)]), torch.nn.modules.transformer._get_clones(nn.ReLU(), 2)
[m.__name__ for m in (torch.autograd.anomaly_mode.detect_anomaly, torch.nn.parallel.scatter_gather.gather, torch.utils.data._utils.collate.default_collate)]
[f.__name__ for f in (torchvision.ops.focal_loss.sigmoid_focal_loss, torchvision.transforms.autoaugment.RandAugment, torchvision.ops.poolers.MultiScaleRoIAlign)]
torch.nn.common_types._size_2_t, torch.autograd.nothing_here
torch.nn.parallel.nothing_here
import torch.distributed.nn
[f.__name__ for f in (torch.distributed.nn.all_gather, torch.distributed.nn.functional.all_reduce, torch.distributed.nn.functional.scatter)]

# ---- one storage is one object
b = torch.ones(2, 3)
c = b.t()
b.untyped_storage() is b.untyped_storage(), b.untyped_storage() is c.untyped_storage(), b.untyped_storage() is torch.ones(2).untyped_storage()
b.storage() is b.storage(), id(b.storage()) == id(c.storage()), b[1:].untyped_storage() is b.untyped_storage()

# ---- out= beside gradients: lists are looked through, what has no gradient may be stored
x = torch.tensor([[3.0, 1.0], [2.0, 4.0]], requires_grad=True)
[told(lambda: f([x, x], out=torch.empty(0)))[0] for f in (torch.cat, torch.stack, torch.hstack, torch.vstack, torch.dstack, torch.column_stack, torch.linalg.multi_dot)]
told(lambda: torch.cat([x.detach()], out=torch.ones(2, 2, requires_grad=True)))[0]
[f(x, x, out=torch.empty(0, dtype=torch.bool)) for f in (torch.eq, torch.ne, torch.lt, torch.le, torch.gt, torch.ge, torch.isin, torch.logical_and, torch.logical_or, torch.logical_xor)]
[f(x, out=torch.empty(0, dtype=torch.bool)) for f in (torch.all, torch.any, torch.logical_not, torch.isposinf, torch.isneginf, torch.signbit)]
torch.argmax(x, 0, out=torch.empty(0, dtype=torch.long)), torch.bucketize(x, x[0].detach(), out=torch.empty(0, dtype=torch.long)), torch.histc(x, 3, out=torch.empty(0)), torch.linalg.matrix_rank(x, out=torch.empty(0, dtype=torch.long))
[told(f)[0] for f in (lambda: torch.outer(x[0], x[0], out=torch.empty(0)), lambda: torch.inverse(x, out=torch.empty(0)), lambda: torch.linalg.det(x, out=torch.empty(0)), lambda: torch.square(x, out=torch.empty(0)), lambda: torch.msort(x, out=torch.empty(0)), lambda: torch.diff(x, out=torch.empty(0)), lambda: torch.kron(x, x, out=torch.empty(0)))]

# ---- what leads to no gradient is not kept
y = torch.ones(2, 2) * x
y.grad_fn._saved_self, y.grad_fn._saved_other, (x * torch.ones(2, 2)).grad_fn._saved_self
class Twice(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x): return x * 2

    @staticmethod
    def backward(ctx, g): return g * 2

str(type(Twice.apply(x).grad_fn)), type(Twice.apply(x).grad_fn).__module__

# ---- numbers of a normalization may be tensors
told(lambda: torchvision.transforms.functional.normalize(torch.ones(3, 2, 2), torch.tensor([0.5, 0.25, 0.0]), torch.tensor([1.0, 0.5, 2.0])))
told(lambda: torchvision.transforms.Normalize(np.array([0.5]), np.array([0.5]))(torch.ones(1, 1, 1)))
