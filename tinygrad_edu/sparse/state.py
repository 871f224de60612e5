"""What a sparse tensor knows of itself. `tensor.SparseTensor` is this beside Tensor; it has ``_raw`` in place of ``_data``."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import Any

from .. import devices, dtypes, layouts
from ..autograd.engine import run_backward
from ..autograd.graph import edge_of
from ..autograd.variable import Variable, needs_grad, raw_of, wrap_sparse
from ..backend import kernels_of
from ..backend.compressed import Compressed
from ..backend.coo import Coo
from ..ops.view import wrap_dim
from ..size import Size
from .creation import resolve_conversion, to_dense
from .dispatch import TABLE, answer, refusal
from .graph import SparseLeaf, record
from .text import format_sparse


class NoArray(AttributeError):
    """Somebody asked a sparse tensor for the array of numbers that dense ones have."""


def _operator(name: str, swapped: bool = False) -> Any:
    def method(self: Any, other: Any) -> Any:
        if not isinstance(other, (Variable, bool, int, float, complex)):
            return NotImplemented
        either = name in ("add", "mul") and not isinstance(other, Variable)  # a number may stand on either side
        pair: tuple[Any, Any] = (other, self) if swapped and not either else (self, other)
        if swapped and name == "div" and not isinstance(other, Variable):
            raise refusal("reciprocal", pair)
        if name not in TABLE:
            raise refusal(name, pair)
        return TABLE[name](*pair)

    return method


class Sparse:
    """The attributes and operators of sparse tensors; their methods are those of Tensor, answered by `dispatch.TABLE`."""

    _raw: Any
    _counter: list[Any]
    _requires_grad: bool
    _hooks: Any
    _leaf: Any = None  # weak reference to its node in the graph
    __torch_function__ = classmethod(answer)

    @property
    def _data(self) -> Any:
        raise NoArray("a sparse tensor has no strided array of numbers; to_dense() makes a tensor that has one")

    @property
    def _accumulator(self) -> Any:  # the leaf's node, made when somebody asks
        found = self._leaf
        node = found and found()
        if node is None:
            node = SparseLeaf(self)
            if self._hooks:
                node.add_before(0, self._hooks, 0)
            self._leaf = weakref.ref(node)
        return lambda: node

    # ------------------------------------------------------------------ what it is
    @property
    def shape(self) -> Size:
        return tuple.__new__(Size, self._raw.shape)

    @property
    def dtype(self) -> dtypes.dtype:
        return dtypes.of(self._raw.values)

    @property
    def device(self) -> devices.device:
        return devices.of(self._raw.values)

    @property
    def ndim(self) -> int:
        return len(self._raw.shape)

    @property
    def layout(self) -> layouts.layout:
        return getattr(layouts, self._raw.layout)  # type: ignore[no-any-return]

    @property
    def names(self) -> Any:
        raise AttributeError("'Tensor' object has no attribute 'names'")

    @property
    def is_sparse(self) -> bool:
        return isinstance(self._raw, Coo)

    @property
    def is_sparse_csr(self) -> bool:
        return bool(self._raw.layout == "sparse_csr")

    @property
    def is_cuda(self) -> bool:
        return kernels_of(self._raw.values).device_type == "cuda"

    @property
    def is_cpu(self) -> bool:
        return kernels_of(self._raw.values).device_type == "cpu"

    @property
    def is_meta(self) -> bool:
        return kernels_of(self._raw.values).device_type == "meta"

    @property
    def itemsize(self) -> int:
        return int(self._raw.dtype.itemsize)

    def element_size(self) -> int:
        return self.itemsize

    @property
    def nbytes(self) -> int:
        if not self.is_sparse:
            return self.numel() * self.itemsize
        raise RuntimeError(
            "nbytes is not defined for sparse tensors.  If you want the size of the constituent tensors, add the nbytes of the "
            "indices and values.  If you want the size of the  equivalent dense tensor, multiply numel() by element_size()"
        )

    def size(self, dim: int | None = None) -> Any:
        return self.shape if dim is None else self.shape[wrap_dim(dim, self.ndim)]

    def dim(self) -> int:
        return self.ndim

    ndimension = dim

    def numel(self) -> int:
        return int(self._raw.size)

    nelement = numel

    def stride(self, dim: int | None = None) -> Any:
        if not self.is_sparse:
            raise RuntimeError("Sparse CSR tensors do not have strides")
        return (0,) * self.ndim if dim is None else 0

    def storage_offset(self) -> int:
        return 0

    def is_contiguous(self, memory_format: Any = None) -> bool:
        if not self.is_sparse:
            raise RuntimeError("Sparse CSR tensors do not have is_contiguous")
        return False

    def contiguous(self, memory_format: Any = None) -> Any:
        if not self.is_sparse:
            raise RuntimeError("Sparse CSR tensors do not have is_contiguous")
        raise RuntimeError("unsupported memory format option Contiguous")

    def is_floating_point(self) -> bool:
        return self.dtype.is_floating_point

    def is_complex(self) -> bool:
        return self.dtype.is_complex

    def is_signed(self) -> bool:
        return self.dtype.is_signed

    def is_pinned(self, device: Any = None) -> bool:
        return False

    def _no_storage(self, *args: Any, **kwargs: Any) -> Any:
        kind = "SparseTensorImpl" if self.is_sparse else "SparseCsrTensorImpl"
        raise NotImplementedError(f"Cannot access storage of {kind}")

    storage = storage_type = untyped_storage = is_shared = share_memory_ = _typed_storage = _no_storage

    def _no_pointer(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("Cannot access data pointer of Tensor that doesn't have storage")

    data_ptr = tolist = apply_ = map_ = _no_pointer

    def __len__(self) -> int:
        if self.ndim == 0:
            raise TypeError("len() of a 0-d tensor")
        return int(self._raw.shape[0])

    def __iter__(self) -> Iterator[Any]:
        if self.ndim == 0:
            raise TypeError("iteration over a 0-d tensor")
        return iter(TABLE["unbind"](self))

    def __reversed__(self) -> Any:
        raise refusal("flip", (self,))

    @property
    def T(self) -> Any:
        return TABLE["permute"](self, tuple(range(self.ndim - 1, -1, -1)))

    @property
    def mT(self) -> Any:
        return TABLE["transpose"](self, -2, -1)

    @property
    def H(self) -> Any:
        turned = TABLE["transpose"](self, 0, 1)
        return TABLE["conj"](turned)

    mH = H

    @property
    def real(self) -> Any:
        if self.is_complex():
            raise refusal("view_as_real", (self,))
        return self

    # ------------------------------------------------------------------ its place in the graph
    @property
    def requires_grad(self) -> bool:
        return bool(self._requires_grad)

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        self.requires_grad_(value)

    def requires_grad_(self, requires_grad: bool = True) -> Any:
        if requires_grad and self._raw.dtype.kind not in "fcV":
            raise RuntimeError("only Tensors of floating point dtype can require gradients")
        if not requires_grad and needs_grad(self) and self._edge is not None:  # type: ignore[attr-defined]
            raise RuntimeError(
                "you can only change requires_grad flags of leaf variables. If you want to use a computed variable in a "
                "subgraph that doesn't require differentiation use var_no_grad = var.detach()."
            )
        self._requires_grad = bool(requires_grad)
        return self

    def backward(
        self, gradient: Any = None, retain_graph: bool | None = None, create_graph: bool = False, inputs: Any = None
    ) -> None:
        if not needs_grad(self):
            raise RuntimeError("element 0 of tensors does not require grad and does not have a grad_fn")
        if gradient is None:
            raise RuntimeError("grad can be implicitly created only for scalar outputs")
        if tuple(gradient.shape) != self._raw.shape:
            raise RuntimeError(
                f"Mismatch in shape: grad_output[0] has a shape of {gradient.shape} and output[0] has a shape of {self.shape}."
            )
        if create_graph or inputs is not None:
            raise NotImplementedError("backward of a sparse tensor takes neither create_graph nor inputs")
        run_backward([(edge_of(self), raw_of(gradient))], False, bool(retain_graph))

    def detach(self) -> Any:
        made = wrap_sparse(self._raw)
        made._counter = self._counter
        return made

    @property
    def data(self) -> Any:
        return wrap_sparse(self._raw)

    @data.setter
    def data(self, value: Any) -> None:
        self._raw = value._raw

    # ------------------------------------------------------------------ numbers out
    def item(self) -> Any:
        if self.numel() != 1:
            raise RuntimeError(f"a Tensor with {self.numel()} elements cannot be converted to Scalar")
        return to_dense(self.detach()).item()

    def _number(self) -> Any:
        if self.numel() != 1:
            raise ValueError("only one element tensors can be converted to Python scalars")
        return self.item()

    def __bool__(self) -> bool:
        if self.numel() == 0:
            raise RuntimeError("Boolean value of Tensor with no values is ambiguous")
        if self.numel() != 1:
            raise RuntimeError("Boolean value of Tensor with more than one value is ambiguous")
        return bool(self.item())

    def __index__(self) -> int:
        raise TypeError("only integer tensors of a single element can be converted to an index")

    def numpy(self, *, force: bool = False) -> Any:
        kind = "Sparse" if self.is_sparse else "SparseCsr"
        raise TypeError(f"can't convert {kind} layout tensor to numpy. Use Tensor.to_dense() first.")

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return self.numpy()

    # ------------------------------------------------------------------ how it prints; copies
    def __repr__(self, *, tensor_contents: Any = None) -> str:
        return format_sparse(self)

    __format__ = object.__format__

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        if needs_grad(self) and self._edge is not None:  # type: ignore[attr-defined]
            raise RuntimeError(
                "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment.  If "
                "you were attempting to deepcopy a module, this may be because of a torch.nn.utils.weight_norm usage, see "
                "https://github.com/pytorch/pytorch/pull/103001"
            )
        if id(self) not in memo:
            made = memo[id(self)] = wrap_sparse(self._raw.copy())
            made._requires_grad = self._requires_grad
        return memo[id(self)]

    def __reduce_ex__(self, protocol: Any) -> Any:
        if needs_grad(self) and self._edge is not None:  # type: ignore[attr-defined]
            raise RuntimeError(
                "Only leaf tensors can be pickled: detach() it first, or save the parameters it was made from"
            )
        raw, k = self._raw, kernels_of(self._raw.values)
        parts = tuple(k.to_host(part) for part in raw.parts)
        more = (raw.shape, raw.coalesced if isinstance(raw, Coo) else raw.by_rows)
        return _rebuild, (type(raw), parts, more, str(self.device), self._requires_grad)

    # ------------------------------------------------------------------ operators
    __add__, __radd__ = _operator("add"), _operator("add", swapped=True)
    __sub__, __rsub__ = _operator("sub"), _operator("sub", swapped=True)
    __mul__, __rmul__ = _operator("mul"), _operator("mul", swapped=True)
    __truediv__, __rtruediv__ = _operator("div"), _operator("div", swapped=True)
    __floordiv__, __rfloordiv__ = _operator("floor_divide"), _operator("floor_divide", swapped=True)
    __mod__, __rmod__ = _operator("remainder"), _operator("remainder", swapped=True)
    __pow__, __rpow__ = _operator("pow"), _operator("rpow", swapped=True)
    __lt__, __le__, __gt__, __ge__ = (_operator(n) for n in ("lt", "le", "gt", "ge"))
    __eq__, __ne__ = _operator("eq"), _operator("ne")  # type: ignore[assignment]
    __hash__ = object.__hash__
    __and__ = __rand__ = _operator("bitwise_and")
    __or__ = __ror__ = _operator("bitwise_or")
    __xor__ = __rxor__ = _operator("bitwise_xor")
    __iadd__, __isub__, __imul__, __itruediv__ = (_operator(n) for n in ("add_", "sub_", "mul_", "div_"))

    def __matmul__(self, other: Any) -> Any:
        return TABLE["matmul"](self, other) if isinstance(other, Variable) else NotImplemented

    def __rmatmul__(self, other: Any) -> Any:
        return TABLE["matmul"](other, self) if isinstance(other, Variable) else NotImplemented

    def __neg__(self) -> Any:
        return TABLE["neg"](self)

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return TABLE["abs"](self)

    def __invert__(self) -> Any:
        if self._raw.dtype.kind not in "iub":
            raise TypeError("~ (operator.invert) is only implemented on integer and Boolean-type tensors")
        raise refusal("bitwise_not", (self,))

    def __contains__(self, element: Any) -> bool:
        raise refusal("eq", (self, element))

    def __getitem__(self, index: Any) -> Any:
        return TABLE["getitem"](self, index)

    def __setitem__(self, index: Any, value: Any) -> None:
        raise TypeError("Cannot assign to a sparse tensor")

    def to(self, *args: Any, **kwargs: Any) -> Any:
        """The tensor with another dtype and/or on another device; itself when nothing changes (unless ``copy``)."""
        kind, where, copy = resolve_conversion(self, args, kwargs)
        raw = self._raw
        if where != self.device:
            raw = moved(raw, where)
        if kind is not self.dtype:
            raw = raw.astype(kind.np)
        if raw is self._raw:
            if not copy:
                return self
            raw = raw.copy()
        return record(raw, "ToCopyBackward0", (self,), (lambda g: g,))


def moved(raw: Any, where: Any) -> Any:
    """A raw sparse array on another device."""
    from ..backend import kernels_for

    source, target = kernels_of(raw.values), kernels_for(where.type)
    place: Any = lambda part: target.from_host(source.to_host(part), where.index)  # noqa: E731
    if isinstance(raw, Coo):
        return Coo(place(raw.indices), place(raw.values), raw.shape, raw.coalesced)
    return Compressed(place(raw.outer), place(raw.inner), place(raw.values), raw.shape, raw.by_rows)


def _rebuild(kind: type, parts: Any, more: Any, place: str, requires_grad: bool) -> Any:
    made = wrap_sparse(kind(*parts, *more))
    made = made if place == "cpu" else made.to(place)
    made._requires_grad = requires_grad
    return made
