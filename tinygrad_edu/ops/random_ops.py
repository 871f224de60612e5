"""Tensors of random numbers, and the in-place methods that fill a tensor with them.

Where the numbers come from is `tinygrad_edu.random`; here are shapes, dtypes and the graph (a gradient ends at a random fill).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import devices, dtypes
from ..autograd.inplace import check_overlap, check_writable, write
from ..autograd.modes import state
from ..autograd.op import Op
from ..autograd.variable import Variable, needs_grad, wrap
from ..backend import kernels_for
from ..named import attach
from ..random import generator_of, stream_for
from ._out import check_factory
from ._signature import shown_call, type_name
from .creation import factory_size, no_room
from .registry import public
from .shape import broadcast_tensors
from .view import as_sizes


# ------------------------------------------------------------------------------------ filling a tensor
def _memory_order(array: Any) -> list[int]:
    """The dimensions from the largest stride to the smallest: the order in which a tensor is filled."""
    return sorted(range(array.ndim), key=lambda d: -array.strides[d] if array.shape[d] != 1 else 0)


def _laid_out(array: Any, draw: Callable[[Any], Any]) -> Any:
    """Numbers drawn for ``array`` in the order of its memory, as an array of its shape.

    ``draw`` is called with the array, its dimensions in that order.
    """
    if array.flags.c_contiguous:
        return draw(array)
    order = _memory_order(array)
    back = [0] * len(order)
    for i, d in enumerate(order):
        back[d] = i
    return draw(array.transpose(order)).transpose(back)


def _filler(name: str, node: str, draw: Callable[..., Any]) -> Callable[..., Any]:
    """``draw(stream, array, shape, *parameters)`` as an in-place operation with torch's name in the graph."""
    op = Op(f"{name}_fill", lambda k, x, values: values, node=node, x=lambda k, g: k.no_gradient(g))

    def fill(input: Any, *parameters: Any, generator: Any = None) -> Any:
        check_writable(input)
        array = input._data
        check_overlap(array)
        stream = stream_for(generator, array)
        values = _laid_out(array, lambda ordered: draw(stream, array, ordered.shape, *parameters))
        if needs_grad(input):
            return write(input, op(input, values))
        array[...] = values
        input._counter[0] += 1
        return input

    return fill


_uniform = _filler("uniform", "UniformBackward0", lambda s, a, shape, low, high: s.uniform(shape, low, high, a.dtype))
_normal = _filler(
    "normal", "NormalBackward0",
    lambda s, a, shape, mean, std: s.normal(shape, mean, std, a.dtype, contiguous=a.flags.c_contiguous),
)  # fmt: skip
_log_normal = _filler(
    "log_normal", "LogNormalBackward0", lambda s, a, shape, mean, std: s.log_normal(shape, mean, std, a.dtype)
)
_exponential = _filler(
    "exponential", "ExponentialBackward0", lambda s, a, shape, rate: s.exponential(shape, rate, a.dtype)
)
_cauchy = _filler(
    "cauchy", "CauchyBackward0", lambda s, a, shape, median, sigma: s.cauchy(shape, median, sigma, a.dtype)
)
_geometric = _filler("geometric", "GeometricBackward0", lambda s, a, shape, p: s.geometric(shape, p, a.dtype))
_random_all = _filler("random_all", "RandomBackward2", lambda s, a, shape: s.random(shape, a.dtype))
_random_to = _filler("random_to", "RandomBackward1", lambda s, a, shape, to: s.randint(0, to, shape, a.dtype))
_random_range = _filler(
    "random_range", "RandomBackward0", lambda s, a, shape, low, to: s.randint(low, to, shape, a.dtype)
)
_random_from = _filler("random_from", "RandomBackward0", lambda s, a, shape, low: s.random_from(low, shape, a.dtype))
_bernoulli_p = _filler(
    "bernoulli_p", "BernoulliBackward2", lambda s, a, shape, p: s.bernoulli_scalar(shape, p, a.dtype)
)


def _draw_bernoulli(stream: Any, array: Any, shape: tuple[int, ...], p: Any) -> Any:
    return stream.bernoulli_tensor(p if array.flags.c_contiguous else p.transpose(_memory_order(array)), array.dtype)


_bernoulli_tensor = _filler("bernoulli_tensor", "BernoulliBackward1", _draw_bernoulli)


def _real(name: str, argument: str, position: int, value: Any) -> float:
    if isinstance(value, Variable):
        value = value.item()  # type: ignore[attr-defined]
    if isinstance(value, (int, float)) or hasattr(value, "__float__"):
        return float(value)
    raise TypeError(f"{name}(): argument '{argument}' (position {position}) must be float, not {type(value).__name__}")


def _whole(name: str, argument: str, position: int, value: Any) -> int:
    if not hasattr(value, "__index__"):
        raise TypeError(
            f"{name}(): argument '{argument}' (position {position}) must be int, not {type(value).__name__}"
        )
    return int(value.__index__())


@public("method", name="uniform_")
def uniform_(input: Any, from_: float = 0.0, to: float = 1.0, *, generator: Any = None, **named: Any) -> Any:
    """Fill with numbers uniform on [from, to).

    >>> import tinygrad_edu as tg
    >>> _ = tg.manual_seed(0); tg.empty(2).uniform_(-1, 1)
    tensor([-0.0075,  0.5364])
    """
    low = named.pop("from", from_)
    _no_more("uniform_", named)
    return _uniform(input, _real("uniform_", "from", 1, low), _real("uniform_", "to", 2, to), generator=generator)


def _no_more(name: str, named: dict[str, Any]) -> None:
    if named:
        raise TypeError(f"{name}() got an unexpected keyword argument '{next(iter(named))}'")


@public("method", name="normal_")
def normal_(input: Any, mean: float = 0.0, std: float = 1.0, *, generator: Any = None) -> Any:
    """Fill with normal numbers."""
    return _normal(input, _real("normal_", "mean", 1, mean), _real("normal_", "std", 2, std), generator=generator)


@public("method", name="log_normal_")
def log_normal_(input: Any, mean: float = 1.0, std: float = 2.0, *, generator: Any = None) -> Any:
    """Fill with exp of normal numbers; mean and std are those of the normal numbers."""
    return _log_normal(
        input, _real("log_normal_", "mean", 1, mean), _real("log_normal_", "std", 2, std), generator=generator
    )


@public("method", name="exponential_")
def exponential_(input: Any, lambd: float = 1.0, *, generator: Any = None) -> Any:
    """Fill with exponentially distributed numbers of rate ``lambd``."""
    return _exponential(input, _real("exponential_", "lambd", 1, lambd), generator=generator)


@public("method", name="cauchy_")
def cauchy_(input: Any, median: float = 0.0, sigma: float = 1.0, *, generator: Any = None) -> Any:
    """Fill with numbers of the Cauchy distribution."""
    return _cauchy(
        input, _real("cauchy_", "median", 1, median), _real("cauchy_", "sigma", 2, sigma), generator=generator
    )


@public("method", name="geometric_")
def geometric_(input: Any, p: float, *, generator: Any = None) -> Any:
    """Fill with counts of trials up to the first success of probability ``p``."""
    return _geometric(input, _real("geometric_", "p", 1, p), generator=generator)


@public("method", name="random_")
def random_(input: Any, *bounds: Any, generator: Any = None, **named: Any) -> Any:
    """Fill with integers: ``random_()`` any the dtype holds from 0 on, ``random_(to)`` below to, ``random_(from, to)``."""
    low, to = named.pop("from", None), named.pop("to", None)
    _no_more("random_", named)
    given = list(bounds)
    if len(given) > 2 or given == [None]:
        raise TypeError("random_() takes no bound, one, or two")
    if len(given) == 2:
        low, to = given
    elif len(given) == 1:
        low, to = (given[0], to) if "to" in named or to is not None else (low, given[0])
    if low is None and to is None:
        return _random_all(input, generator=generator)
    if low is None:
        return _random_to(input, _whole("random_", "to", 1, to), generator=generator)
    low = _whole("random_", "from", 1, low)
    if to is None:
        return _random_from(input, low, generator=generator)
    return _random_range(input, low, _whole("random_", "to", 2, to), generator=generator)


@public("method", name="bernoulli_")
def bernoulli_(input: Any, p: Any = 0.5, *, generator: Any = None) -> Any:
    """Fill with ones of probability ``p`` (a number, or a tensor of one for each element), else zeros."""
    if isinstance(p, Variable):
        probabilities = p.expand(input.shape)._data  # type: ignore[attr-defined]
        return _bernoulli_tensor(input, probabilities, generator=generator)
    return _bernoulli_p(input, _real("bernoulli_", "p", 1, p), generator=generator)


# ------------------------------------------------------------------------------------ new tensors
def _target(name: str, size: tuple[int, ...], dtype: Any, device: Any, generator: Any, out: Any) -> tuple[Any, Any]:
    """Where the numbers go (``out``, resized, or None) and the stream they come from."""
    check_factory(dtype, out, device)
    if out is not None:
        if needs_grad(out) and state.enabled:
            raise RuntimeError(
                f"aten::{name}(): functions with out=... arguments don't support automatic differentiation, but one of the "
                "arguments requires grad."
            )
        out.resize_(size)
        return out, stream_for(generator, out._data)
    where = devices.resolve(device)
    if generator is None:
        return None, generator_of(where).stream
    empty = kernels_for(where.type).xp.empty(0)
    return None, stream_for(generator, empty)


def _finished(array: Any, requires_grad: bool) -> Any:
    t = wrap(array)
    if requires_grad and array.dtype.kind not in "fcV":
        raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients")
    return t.requires_grad_() if requires_grad else t  # type: ignore[attr-defined]


def _check_sizes(size: tuple[int, ...]) -> tuple[int, ...]:
    for n in size:
        if n < 0:
            raise RuntimeError(f"Trying to create tensor with negative dimension {n}: {list(size)}")
    return size


@public("function")
def rand(
    *args: Any, size: Any = None, generator: Any = None, out: Any = None, dtype: Any = None, layout: Any = None,
    device: Any = None, requires_grad: bool = False, pin_memory: bool = False, names: Any = None,
) -> Any:  # fmt: skip
    """Numbers uniform on [0, 1).

    >>> import tinygrad_edu as tg
    >>> _ = tg.manual_seed(0); tg.rand(2, 3)
    tensor([[0.4963, 0.7682, 0.0885],
            [0.1320, 0.3074, 0.6341]])
    """
    shape = _check_sizes(factory_size("rand", args, size))
    target, stream = _target("rand", shape, dtype, device, generator, out)
    if target is not None:
        return uniform_(target, generator=generator)
    made = _finished(stream.uniform(shape, 0.0, 1.0, (dtype or dtypes.get_default_dtype()).np), requires_grad)
    return made if names is None else attach(made, names)


@public("function")
def randn(
    *args: Any, size: Any = None, generator: Any = None, out: Any = None, dtype: Any = None, layout: Any = None,
    device: Any = None, requires_grad: bool = False, pin_memory: bool = False, names: Any = None,
) -> Any:  # fmt: skip
    """Normal numbers of mean 0 and standard deviation 1.

    >>> import tinygrad_edu as tg
    >>> _ = tg.manual_seed(0); tg.randn(3)
    tensor([ 1.5410, -0.2934, -2.1788])
    """
    shape = _check_sizes(factory_size("randn", args, size))
    target, stream = _target("randn", shape, dtype, device, generator, out)
    if target is not None:
        return normal_(target, generator=generator)
    made = _finished(stream.normal(shape, 0.0, 1.0, (dtype or dtypes.get_default_dtype()).np), requires_grad)
    return made if names is None else attach(made, names)


@public("function")
def randint(
    *args: Any, low: Any = None, high: Any = None, size: Any = None, generator: Any = None, out: Any = None,
    dtype: Any = None, layout: Any = None, device: Any = None, requires_grad: bool = False, pin_memory: bool = False,
) -> Any:  # fmt: skip
    """``randint(high, size)`` or ``randint(low, high, size)``: integers in [low, high).

    >>> import tinygrad_edu as tg
    >>> _ = tg.manual_seed(0); tg.randint(10, (5,))
    tensor([4, 9, 3, 0, 3])
    """
    given = list(args)
    if size is None and given and not hasattr(given[-1], "__index__"):
        size = given.pop()
    if high is None and given:
        high = given.pop()
    if low is None:
        low = given.pop() if given else 0
    if given or high is None or size is None:
        raise TypeError(
            f"randint() received an invalid combination of arguments - got ({', '.join(type(a).__name__ for a in args)})"
        )
    shape = _check_sizes(as_sizes((size,), "randint"))
    low, high = _whole("randint", "low", 1, low), _whole("randint", "high", 2, high)
    target, stream = _target("randint", shape, dtype, device, generator, out)
    if target is not None:
        return random_(target, low, high, generator=generator)
    return _finished(stream.randint(low, high, shape, (dtype or dtypes.int64).np), requires_grad)


def _check_room(n: int, dtype: dtypes.dtype) -> None:
    """RuntimeError where the dtype has no room for the numbers below ``n``."""
    kind, bits = dtype.np.kind, 8 * dtype.np.itemsize
    if kind in "iu" and n > 2 ** (bits - (kind == "i")):
        raise no_room(dtype)
    if dtype is dtypes.float16 and n > 2049:
        raise RuntimeError("n cannot be greater than 2049 for Half type.")


@public("function")
def randperm(
    n: int, *, generator: Any = None, out: Any = None, dtype: Any = dtypes.int64, layout: Any = None, device: Any = None,
    requires_grad: bool = False, pin_memory: bool = False,
) -> Any:  # fmt: skip
    """The integers 0 … n - 1 in random order.

    >>> import tinygrad_edu as tg
    >>> _ = tg.manual_seed(0); tg.randperm(4)
    tensor([0, 1, 3, 2])
    """
    n = _whole("randperm", "n", 1, n)
    target, stream = _target("randperm", (max(n, 0),), None, device, generator, out)
    _check_room(n, dtype if target is None else target.dtype)
    if target is not None:
        target._data[...] = stream.randperm(n, target._data.dtype)
        target._counter[0] += 1
        return target
    return _finished(stream.randperm(n, dtype.np), requires_grad)


def _need_tensor(name: str, value: Any) -> None:
    if not isinstance(value, Variable):
        raise TypeError(f"{name}(): argument 'input' (position 1) must be Tensor, not {type_name(value)}")


def _empty_like(input: Any, dtype: Any, device: Any, memory_format: Any = None) -> Any:
    from .creation import empty_like

    return empty_like(input, dtype=dtype, device=device, memory_format=memory_format)


@public("function")
def rand_like(
    input: Any, *, generator: Any = None, dtype: Any = None, layout: Any = None, device: Any = None,
    requires_grad: bool = False, pin_memory: bool = False, memory_format: Any = None,
) -> Any:  # fmt: skip
    """`rand` with the shape, dtype and device of ``input``."""
    _need_tensor("rand_like", input)
    made = uniform_(_empty_like(input, dtype, device, memory_format), generator=generator)
    return made.requires_grad_(requires_grad)


@public("function")
def randn_like(
    input: Any, *, generator: Any = None, dtype: Any = None, layout: Any = None, device: Any = None,
    requires_grad: bool = False, pin_memory: bool = False, memory_format: Any = None,
) -> Any:  # fmt: skip
    """`randn` with the shape, dtype and device of ``input``."""
    _need_tensor("randn_like", input)
    made = normal_(_empty_like(input, dtype, device, memory_format), generator=generator)
    return made.requires_grad_(requires_grad)


@public("function")
def randint_like(
    input: Any, low: Any = None, high: Any = None, *, generator: Any = None, dtype: Any = None, layout: Any = None,
    device: Any = None, requires_grad: bool = False, pin_memory: bool = False, memory_format: Any = None,
) -> Any:  # fmt: skip
    """`randint` with the shape, dtype and device of ``input``: ``randint_like(x, high)`` or ``randint_like(x, low, high)``."""
    _need_tensor("randint_like", input)
    low, high = (0, low) if high is None else (0 if low is None else low, high)
    made = _empty_like(input, dtype, device, memory_format)
    made = random_(
        made, _whole("randint_like", "low", 2, low), _whole("randint_like", "high", 3, high), generator=generator
    )
    return made.requires_grad_(requires_grad)


# ------------------------------------------------------------------------------------ of given parameters
Op("normal_mean", lambda k, mean, draws: mean + draws, node="NormalBackward1", mean=lambda k, g: k.no_gradient(g))
Op(
    "normal_std",
    lambda k, mean, std, draws: (mean + std * draws).astype(draws.dtype),
    node="NormalBackward2",
    std=lambda k, g: k.no_gradient(g),
)
Op("normal_both", lambda k, mean, std, draws: mean + std * draws, node="NormalBackward3",
   mean=lambda k, g: k.no_gradient(g), std=lambda k, g: k.no_gradient(g))  # fmt: skip


@public("function")
def normal(
    mean: Any, std: Any = 1.0, size: Any = None, *, generator: Any = None, out: Any = None, dtype: Any = None,
    layout: Any = None, device: Any = None, requires_grad: bool = False, pin_memory: bool = False,
) -> Any:  # fmt: skip
    """Normal numbers of the given means and standard deviations (tensors, or numbers with ``size``).

    >>> import tinygrad_edu as tg
    >>> _ = tg.manual_seed(0); tg.normal(tg.tensor([0., 100.]), 1.)
    tensor([ 1.5410, 99.7066])
    """
    tensors = [t for t in (mean, std) if isinstance(t, Variable)]
    if (size is None) is not bool(tensors):
        given = (mean, std) if size is None else (mean, std, size)
        raise TypeError(
            "normal() received an invalid combination of arguments - got "
            f"({shown_call(given, {})}), but expected one of:\n"
            " * (Tensor mean, Tensor std, *, torch.Generator generator = None, Tensor out = None)\n"
            " * (Tensor mean, float std = 1, *, torch.Generator generator = None, Tensor out = None)\n"
            " * (float mean, Tensor std, *, torch.Generator generator = None, Tensor out = None)\n"
            " * (float mean, float std, tuple of ints size, *, torch.Generator generator = None, Tensor out = None, "
            "torch.dtype dtype = None, torch.layout layout = None, torch.device device = None, bool pin_memory = False, "
            "bool requires_grad = False)\n"
        )
    if not tensors:
        shape = _check_sizes(as_sizes((size,), "normal"))
        target, stream = _target("normal", shape, dtype, device, generator, out)
        if target is not None:
            return normal_(target, mean, std, generator=generator)
        values = stream.normal(shape, float(mean), float(std), (dtype or dtypes.get_default_dtype()).np)
        return _finished(values, requires_grad)
    if isinstance(std, Variable):
        if std.is_complex():  # type: ignore[attr-defined]
            raise RuntimeError("normal expects standard deviation to be non-complex")
        if bool((std._data < 0).any()):
            raise RuntimeError("normal expects all elements of std >= 0.0")
    elif not std >= 0:
        raise RuntimeError(f"normal expects std >= 0.0, but found std {std:g}")
    like = tensors[0]
    shape = _broadcast_shape(tensors)
    stream = stream_for(generator, like._data)
    if not isinstance(std, Variable):
        draws = stream.normal(shape, 0.0, float(std), like._data.dtype)
        made = Op.table["normal_mean"](mean, draws)
    else:
        draws = stream.normal(shape, 0.0, 1.0, like._data.dtype)
        std = std.to(like.dtype)  # the mean's dtype is the result's
        made = Op.table["normal_both" if isinstance(mean, Variable) else "normal_std"](mean, std, draws)
    if out is not None:
        from .registry import store_into

        store_into(out, made)
        return out
    return made


def _broadcast_shape(tensors: list[Any]) -> tuple[int, ...]:
    return tuple(broadcast_tensors(*(t.detach() for t in tensors))[0].shape)


Op("bernoulli", lambda k, p, draw: draw(p), node="BernoulliBackward0", p=lambda k, g: k.no_gradient(g))
Op("poisson", lambda k, rate, draw: draw(rate), node="PoissonBackward0", rate=lambda k, g: k.no_gradient(g))


@public("function method")
def bernoulli(input: Any, p: Any = None, *, generator: Any = None, out: Any = None) -> Any:
    """1 with the probability that each element says (or the number ``p``), else 0.

    >>> import tinygrad_edu as tg
    >>> _ = tg.manual_seed(0); tg.bernoulli(tg.tensor([0.5, 0.5, 0., 1.]))
    tensor([1., 0., 0., 1.])
    """
    if out is not None:
        out.resize_(input.shape)
        return bernoulli_(out, input if p is None else p, generator=generator)
    if p is not None:
        return bernoulli_(_empty_like(input, None, None), p, generator=generator)

    def draw(probabilities: Any) -> Any:
        return stream_for(generator, probabilities).bernoulli_tensor(probabilities.copy("C"))

    return Op.table["bernoulli"](input, draw)


@public("function")
def poisson(input: Any, generator: Any = None) -> Any:
    """Counts of the Poisson distribution with the rates ``input``."""
    return Op.table["poisson"](input, lambda rate: stream_for(generator, rate).poisson(rate))


@public("function method")
def multinomial(
    input: Any, num_samples: int, replacement: bool = False, *, generator: Any = None, out: Any = None
) -> Any:
    """Indices drawn in proportion to the weights in ``input`` (one distribution, or one a row), as int64.

    >>> import tinygrad_edu as tg
    >>> _ = tg.manual_seed(0); tg.multinomial(tg.tensor([0., 10., 3., 0.]), 2)
    tensor([1, 2])
    """
    if out is not None and out._data.dtype.name != "int64":
        raise RuntimeError(f"multinomial expects Long tensor out, got: {out.dtype.short}")
    num_samples = _whole("multinomial", "num_samples", 2, num_samples)
    made = wrap(stream_for(generator, input._data).multinomial(input._data, num_samples, bool(replacement)))
    if out is None:
        return made
    out.resize_(made.shape)  # type: ignore[attr-defined]
    return out.copy_(made)
