"""Functions of torch that have newer or higher forms: still callable, or gone and saying what to call instead."""

from __future__ import annotations

import math
import warnings
from itertools import pairwise
from typing import Any, NoReturn

from ..autograd.variable import wrap
from ..backend import kernels_of
from ..backend.outside import warn
from ..layouts import memory_format
from ._layout import order_in_memory
from .norms import matrix_norm, norm, vector_norm
from .pad import pad as _pad
from .registry import functional, functions, methods, public
from .view import as_sizes, wrap_dim


# ------------------------------------------------------------------------------------ products, norms, padding
@public("function")
def chain_matmul(*matrices: Any, out: Any = None) -> Any:
    """The product of several matrices (deprecated: `linalg.multi_dot`).

    >>> import tinygrad_edu as tg, warnings
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     tg.chain_matmul(tg.ones(2, 3), tg.ones(3, 4), tg.ones(4, 1))
    tensor([[12.],
            [12.]])
    """
    warnings.warn(
        "torch.chain_matmul is deprecated and will be removed in a future PyTorch release. Use torch.linalg.multi_dot instead, "
        "which accepts a list of two or more tensors rather than multiple parameters.",
        UserWarning,
        stacklevel=2,
    )
    from .registry import linalg

    listed = matrices[0] if len(matrices) == 1 and isinstance(matrices[0], (tuple, list)) else matrices
    if len(listed) == 1:
        return listed[0]
    return linalg["multi_dot"](list(listed)) if out is None else linalg["multi_dot"](list(listed), out=out)


@public(
    "function", out=True, signature="Tensor input, tuple of ints[1] dim, bool keepdim = False, *, Tensor out = None"
)
def frobenius_norm(input: Any, dim: Any, keepdim: bool = False) -> Any:
    """The 2-norm over one or two dimensions (deprecated: `linalg.vector_norm`)."""
    warnings.warn(
        "at::frobenius_norm is deprecated and it is just left for JIT compatibility. It will be removed in a future PyTorch "
        "release. Please use `linalg.vector_norm(A, 2., dim, keepdim)` instead",
        UserWarning,
        stacklevel=3,
    )
    return vector_norm(input, 2.0, dim, keepdim)


@public("function", out=True, signature=(
    "Tensor input, tuple of ints dim, bool keepdim = False, *, Tensor out = None",
    "Tensor input, bool keepdim = False, *, Tensor out = None",
))  # fmt: skip
def nuclear_norm(input: Any, dim: Any = (-2, -1), keepdim: bool = False) -> Any:
    """The sum of a matrix's singular values (deprecated: `linalg.matrix_norm`)."""
    warnings.warn(
        "at::nuclear_norm is deprecated and it is just left for JIT compatibility. It will be removed in a future PyTorch "
        "release. Please use `linalg.matrix_norm(A, 'nuc', dim, keepdim)` instead",
        UserWarning,
        stacklevel=3,
    )
    return matrix_norm(input, "nuc", dim, keepdim)


@public("function", signature="Tensor v, int pow = 2, int dim = 0")
def norm_except_dim(v: Any, pow: int = 2, dim: int = 0) -> Any:
    """The norm over all dimensions but one (over all for -1), as weight normalization needs it."""
    if dim == -1:
        return norm(v, pow)
    n = v._data.ndim
    if dim not in (0, n - 1):
        return norm_except_dim(v.transpose(0, dim), pow, 0).transpose(0, dim)
    return vector_norm(v, float(pow), tuple(d for d in range(n) if d != dim), True)


@public("function", signature="Tensor input, tuple of ints pad, Number value = 0")
def constant_pad_nd(input: Any, pad: Any, value: Any = 0) -> Any:  # the argument has torch's name
    """`nn.functional.pad` with a constant."""
    if len(pad) % 2:
        raise RuntimeError(f"Length of pad must be even but instead it equals {len(pad)}")
    return _pad(input, tuple(pad), "constant", value)


# ------------------------------------------------------------------------------------ a fingerprint
@public("function method", signature=(
    "Tensor input, *, int mode = 0, Tensor out = None",
    "Tensor input, tuple of ints[1] dim, *, bool keepdim = False, int mode = 0, Tensor out = None",
), out=True)  # fmt: skip
def hash_tensor(input: Any, dim: Any = None, *, keepdim: bool = False, mode: int = 0) -> Any:
    """The exclusive or of all elements' bits as 64-bit numbers (a uint64), overall or along ``dim``.

    >>> import tinygrad_edu as tg
    >>> tg.hash_tensor(tg.tensor([1, 2, 4])).item()
    7
    """
    if mode != 0:
        raise RuntimeError(f"Unknown hash_tensor mode: {mode}")
    x = input._data
    xp = kernels_of(x).xp
    if x.dtype.kind == "c":
        raise NotImplementedError(f"\"xor_sum_cpu\" not implemented for '{input.dtype.short}'")
    if dim is None and x.size == 0:
        raise RuntimeError(
            "hash_tensor: Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' "
            "argument."
        )
    listed = range(x.ndim) if dim is None or dim == () else (dim,) if isinstance(dim, int) else dim
    dims = sorted(wrap_dim(d, x.ndim) for d in listed) if x.ndim else []
    floating = x.dtype.kind in "fV"
    bits = xp.ascontiguousarray(x.astype("float64" if floating else "int64")).reshape(x.shape).view("uint64")
    for d in reversed(dims):
        bits = xp.bitwise_xor.reduce(bits, axis=d, keepdims=keepdim)
    return wrap(xp.asarray(bits))


# ------------------------------------------------------------------------------------ small questions
@public("function", signature="Tensor input")
def get_device(input: Any) -> int:
    """The number of the tensor's GPU; -1 on the CPU."""
    return int(input.get_device())


@public("function method", signature="Tensor input")
def is_distributed(input: Any) -> bool:
    """False: tensors are never spread over several machines here."""
    return False


@public("method")
def dim_order(input: Any, *, ambiguity_check: bool | list[Any] = False) -> tuple[int, ...]:
    """The dimensions from the slowest to the fastest in memory.

    ``ambiguity_check``: RuntimeError where sizes of 1 allow for several orders; with a list of memory formats, where not just one
    of them fits.
    """
    kinds = ambiguity_check if isinstance(ambiguity_check, list) else []
    if not isinstance(ambiguity_check, (bool, list)) or not all(isinstance(kind, memory_format) for kind in kinds):
        raise TypeError("The ambiguity_check argument must be a bool or a list of memory formats.")
    strides, shape = tuple(input.stride()), tuple(input.shape)
    several = 1 in shape or any(a == b for a, b in pairwise(strides))
    if ambiguity_check is not False and several and sum(input.is_contiguous(memory_format=kind) for kind in kinds) != 1:
        raise RuntimeError(
            "The tensor does not have unique dim order, or cannot map to exact one of the given memory formats."
        )
    if input.is_contiguous():
        return tuple(range(len(shape)))
    return tuple(order_in_memory([strides], shape))[::-1]


@public("method")
def to_dense(input: Any, dtype: Any = None, *, masked_grad: bool | None = None) -> Any:
    """The tensor itself: all are dense here."""
    return input if dtype is None else input.to(dtype)


@public("function method")
def dequantize(tensor: Any) -> Any:
    """The tensor in float32: none is quantized here."""
    return tensor.float()


def _old_resize(name: str) -> None:
    def method(input: Any, *args: Any) -> Any:
        warn(f"non-inplace {name} is deprecated")
        shape = args[0].shape if name == "resize_as" else as_sizes(args, name)
        if math.prod(shape) != input._data.size:
            raise RuntimeError(
                f"requested resize to {'x'.join(map(str, shape))} ({math.prod(shape)} elements in total), but the given tensor has a "
                f"size of {'x'.join(map(str, input._data.shape))} ({input._data.size} elements). autograd's resize can only change "
                "the shape of a given tensor, while preserving the number of elements. "
            )
        return methods[f"{name}_"](input.clone(), *args)

    method.__name__ = method.__qualname__ = name
    method.__doc__ = f"A copy, resized (deprecated: `{name}_`)."
    public("method")(method)


_old_resize("resize")
_old_resize("resize_as")


# ------------------------------------------------------------------------------------ layers with the core's arguments
@public("function")
def layer_norm(
    input: Any, normalized_shape: Any, weight: Any = None, bias: Any = None, eps: float = 1e-05, cudnn_enable: bool = True
) -> Any:  # fmt: skip
    """`nn.functional.layer_norm`."""
    return functional["layer_norm"](input, normalized_shape, weight, bias, eps)


@public("function")
def group_norm(
    input: Any, num_groups: int, weight: Any = None, bias: Any = None, eps: float = 1e-05, cudnn_enabled: bool = True
) -> Any:  # fmt: skip
    """`nn.functional.group_norm`."""
    return functional["group_norm"](input, num_groups, weight, bias, eps)


@public("function")
def batch_norm(
    input: Any, weight: Any, bias: Any, running_mean: Any, running_var: Any, training: bool, momentum: float, eps: float,
    cudnn_enabled: bool,
) -> Any:  # fmt: skip
    """`nn.functional.batch_norm`."""
    return functional["batch_norm"](input, running_mean, running_var, weight, bias, training, momentum, eps)


@public("function")
def instance_norm(
    input: Any, weight: Any, bias: Any, running_mean: Any, running_var: Any, use_input_stats: bool, momentum: float, eps: float,
    cudnn_enabled: bool,
) -> Any:  # fmt: skip
    """`nn.functional.instance_norm`."""
    return functional["instance_norm"](input, running_mean, running_var, weight, bias, use_input_stats, momentum, eps)


@public("function")
def embedding(
    weight: Any, indices: Any, padding_idx: int = -1, scale_grad_by_freq: bool = False, sparse: bool = False
) -> Any:  # fmt: skip
    """`nn.functional.embedding` with the table first."""
    return functional["embedding"](
        indices, weight, None if padding_idx < 0 else padding_idx, scale_grad_by_freq=scale_grad_by_freq, sparse=sparse
    )


@public("function")
def bilinear(input1: Any, input2: Any, weight: Any, bias: Any = None) -> Any:
    """`nn.functional.bilinear`."""
    return functional["bilinear"](input1, input2, weight, bias)


_REDUCTIONS = ("none", "mean", "sum")


@public("function")
def kl_div(input: Any, target: Any, reduction: int = 1, *, log_target: bool = False) -> Any:
    """`nn.functional.kl_div`; ``reduction`` is 0 (none), 1 (mean) or 2 (sum)."""
    return functional["kl_div"](input, target, reduction=_REDUCTIONS[reduction], log_target=log_target)


@public("function")
def ctc_loss(
    log_probs: Any, targets: Any, input_lengths: Any, target_lengths: Any, blank: int = 0, reduction: int = 1,
    zero_infinity: bool = False,
) -> Any:  # fmt: skip
    """`nn.functional.ctc_loss`; ``reduction`` is 0 (none), 1 (mean) or 2 (sum)."""
    return functional["ctc_loss"](
        log_probs, targets, input_lengths, target_lengths, blank, _REDUCTIONS[reduction], zero_infinity
    )


@public("function")
def conv_tbc(input: Any, weight: Any, bias: Any, pad: int = 0) -> Any:
    """A convolution over time of (time, batch, channels) with a weight (width, channels, out)."""
    if input.dim() != 3:
        raise RuntimeError("Input must have 3 dims: time, batch, in_channel")
    if weight.dim() != 3:
        raise RuntimeError("Weight tensor must have 3 dims: kernel_width, in_channels, out_channels.")
    if bias.dim() != 1:
        raise RuntimeError("Bias must be 1-D")
    if input.size(2) != weight.size(1):
        raise RuntimeError("Input dim 2 (input channels) is not == dim 1 in the weight tensor")
    if bias.size(0) != weight.size(2):
        raise RuntimeError("Bias size must equal dim 2 in the weight tensor (output channels).")
    made = functions["conv1d"](input.permute(1, 2, 0), weight.permute(2, 1, 0), bias, padding=pad)
    return made.permute(2, 0, 1).contiguous()


def _grid_sampler(name: str) -> None:
    def function(
        input: Any, grid: Any, interpolation_mode: int, padding_mode: int, align_corners: bool
    ) -> Any:  # fmt: skip
        modes, paddings = ("bilinear", "nearest", "bicubic"), ("zeros", "border", "reflection")
        return functional["grid_sample"](input, grid, modes[interpolation_mode], paddings[padding_mode], align_corners)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = "`nn.functional.grid_sample` with its modes as numbers."
    public("function")(function)


for _name in ("grid_sampler", "grid_sampler_2d", "grid_sampler_3d"):
    _grid_sampler(_name)


# ------------------------------------------------------------------------------------ what is gone
_GONE = "This function was deprecated since version 1.9 and is now removed."
_INSTEAD = {
    "solve": " `torch.solve` is deprecated in favor of `torch.linalg.solve`. `torch.linalg.solve` has its arguments reversed and does "
    "not return the LU factorization.\n\nTo get the LU factorization see `torch.lu`, which can be used with `torch.lu_solve` or "
    "`torch.lu_unpack`.\nX = torch.solve(B, A).solution should be replaced with:\nX = torch.linalg.solve(A, B)",
    "eig": " `torch.linalg.eig` returns complex tensors of dtype `cfloat` or `cdouble` rather than real tensors mimicking complex "
    "tensors.\n\nL, _ = torch.eig(A) should be replaced with:\nL_complex = torch.linalg.eigvals(A)\n\nand\n\nL, V = torch.eig(A, "
    "eigenvectors=True) should be replaced with:\nL_complex, V_complex = torch.linalg.eig(A)",
    "lstsq": " `torch.lstsq` is deprecated in favor of `torch.linalg.lstsq`.\n`torch.linalg.lstsq` has reversed arguments and does not "
    "return the QR decomposition in the returned tuple (although it returns other information about the problem).\n\nTo get the QR "
    "decomposition consider using `torch.linalg.qr`.\n\nThe returned solution in `torch.lstsq` stored the residuals of the solution "
    "in the last m - n columns of the returned value whenever m > n. In torch.linalg.lstsq, the residuals are in the field "
    "'residuals' of the returned named tuple.\n\nThe unpacking of the solution, as in\nX, _ = torch.lstsq(B, A).solution[:A.size(1)]"
    "\nshould be replaced with:\nX = torch.linalg.lstsq(A, B).solution",
    "symeig": " The default behavior has changed from using the upper triangular portion of the matrix by default to using the lower "
    "triangular portion.\n\nL, _ = torch.symeig(A, upper=upper) should be replaced with:\nL = torch.linalg.eigvalsh(A, UPLO='U' if "
    "upper else 'L')\n\nand\n\nL, V = torch.symeig(A, eigenvectors=True) should be replaced with:\nL, V = torch.linalg.eigh(A, "
    "UPLO='U' if upper else 'L')",
    "matrix_rank": "\nPlease use the `torch.linalg.matrix_rank` function instead. The parameter 'symmetric' was renamed in "
    "`torch.linalg.matrix_rank()` to 'hermitian'.",
}


def _gone(name: str) -> None:
    def function(input: Any, *args: Any, **kwargs: Any) -> NoReturn:
        raise RuntimeError(_GONE + _INSTEAD[name])

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"Removed: RuntimeError, which says how `linalg` does what ``{name}`` did."
    public("function" if name == "matrix_rank" else "function method")(function)


for _name in _INSTEAD:
    _gone(_name)


@public("method")
def reinforce(input: Any, reward: Any) -> NoReturn:
    """Removed: RuntimeError, which shows how a policy's gradient is computed today."""
    raise RuntimeError(
        "reinforce() was removed.\nUse torch.distributions instead.\n"
        "See https://pytorch.org/docs/main/distributions.html\n\nInstead of:\n\n"
        "probs = policy_network(state)\naction = probs.multinomial()\nnext_state, reward = env.step(action)\n"
        "action.reinforce(reward)\naction.backward()\n\nUse:\n\n"
        "probs = policy_network(state)\n# NOTE: categorical is equivalent to what used to be called multinomial\n"
        "m = torch.distributions.Categorical(probs)\naction = m.sample()\nnext_state, reward = env.step(action)\n"
        "loss = -m.log_prob(action) * reward\nloss.backward()\n"
    )
