"""Tensors and NumPy arrays in one program: who shares memory, who gives what, which mixtures are refused."""

import numpy as np
import torch

a = np.arange(6, dtype=np.float32).reshape(2, 3)
shared, copied, viewed = torch.from_numpy(a), torch.tensor(a), torch.as_tensor(a)
a[0, 0] = 100.5
print(shared, copied, viewed, shared.numpy() is a, shared.stride(), a.strides)
shared.mul_(2)
print(a, type(shared.numpy()), shared.T.numpy().flags["C_CONTIGUOUS"])

x = torch.linspace(0, 1, 5)
for name in ("sqrt", "exp", "sin", "square", "floor", "sign", "isnan", "negative"):
    made = getattr(np, name)(x)
    print(f"np.{name:10s} {type(made).__name__:8s} {made.dtype} {made}")
print(np.maximum(x, 0.5), np.add(x, x), np.power(x, 2), type(np.add(np.ones(5), x)))
print(np.clip(x, 0.25, 0.75), np.round(x * 3), np.argmax(x), np.cumsum(x), np.abs(x - 0.5), np.ptp(x))
print(np.transpose(torch.ones(2, 3)).shape, np.reshape(torch.arange(6), (3, 2)), np.argsort(torch.tensor([3, 1, 2])))
print(np.concatenate([x[:2], x[3:]]), np.stack([x, x]).shape, np.array([torch.tensor(1.0), torch.tensor(2.0)]))
print(np.allclose(x, x.numpy()), np.array_equal(x, x), np.linalg.norm(x), np.dot(x, x), np.percentile(x, 50))
print(
    np.float32(2) * x, x * np.float64(3), np.float64(2) + torch.tensor(1), torch.ones(2) + np.ones(2, dtype=np.float32)
)
print(
    np.zeros(torch.tensor(2)),
    np.arange(4)[torch.tensor([1, 3])],
    torch.arange(4)[np.array([0, 2])],
    np.asarray(x).dtype,
)
print(
    torch.tensor([np.float32(1.5), 2]),
    torch.tensor(np.float64(0.1)),
    torch.tensor(np.int16(3)),
    torch.tensor(np.array(7)),
)
for kind in (np.uint8, np.int8, np.int16, np.int32, np.int64, np.float16, np.float32, np.float64, bool, np.complex64):
    print(
        np.dtype(kind),
        torch.from_numpy(np.zeros(1, dtype=kind)).dtype,
        torch.from_numpy(np.zeros(1, kind)).numpy().dtype,
    )

grad = torch.ones(2, requires_grad=True)
for what in (
    lambda: grad.numpy(), lambda: np.sqrt(grad), lambda: torch.from_numpy([1, 2]), lambda: torch.from_numpy(np.array(["a"])),
    lambda: torch.from_numpy(np.ones(3)[::-1]), lambda: torch.ones(2).bfloat16().numpy(), lambda: torch.ones(2).mul(np.ones(2)),
    lambda: torch.tensor(np.array([1, "a"], dtype=object)), lambda: float(torch.ones(2)), lambda: int(torch.ones(0)),
    lambda: float(torch.tensor(1 + 2j)), lambda: torch.tensor([1, 2]).item(), lambda: torch.Size([1, 2.5]),
):  # fmt: skip
    try:
        print(what())
    except Exception as e:
        print(f"{type(e).__name__}: {e}")
print(
    torch.Size([np.int64(2), torch.tensor(3)]),
    int(torch.tensor(2 + 0j)),
    complex(torch.tensor(2.0)),
    np.sqrt(grad.detach()),
)
