"""The Tensor class: what a tensor knows of itself, its operators, and its place in the graph.

Its other methods are the operations in ``ops/``: each is written once there and published as a method by ``@public``.
"""

from __future__ import annotations

import copy
import warnings
from collections import OrderedDict
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

import numpy

from . import devices, dtypes, layouts, named, overrides, printing, sparse, typeinfo
from .autograd import graph
from .autograd.backward import backward as run_backward
from .autograd.inplace import address, check_writable, inplace, view_node, write
from .autograd.legacy import VOLATILE
from .autograd.modes import state
from .autograd.op import Op
from .autograd.variable import Attributes, Variable, alias, all_of, attributes_of, needs_grad, wrap
from .backend import kernels_for, kernels_of
from .legacy import construct
from .ops import bits, comparison, conversion, grids, indexing, linalg, pointwise, power, registry
from .ops._layout import lies_in
from .ops._signature import is_int, type_name
from .ops.memory import copied_with_storage
from .ops.view import contiguous_strides, root_array, storage_offset_of, wrap_dim
from .size import Size

# ``x + 1`` calls the methods below; everything else that ``ops`` publishes as a method arrives through this base class
Methods = type(
    "Methods",
    (),
    {"__doc__": "The operations of ``ops/`` as methods.", **registry.methods, **named.METHODS, **sparse.METHODS},
)


def _operator(
    function: Callable[..., Any],
    swapped: bool = False,
    numbers: bool = True,
    beside_array: Callable[..., Any] | None = None,
) -> Callable[..., Any]:
    """A binary operator: NotImplemented for operands that are no numbers (or not even those are right): Python asks the other.

    So NumPy computes ``tensor * array``; ``array * tensor`` is an error, since arrays leave that to us. ``beside_array`` is for
    the operators that torch computes nevertheless."""
    if not swapped and hasattr(function, "operator"):
        return function.operator

    def method(self: Any, other: Any) -> Any:
        __tracebackhide__ = True  # IPython leaves this frame out of tracebacks
        if not isinstance(other, _OPERANDS if numbers else Variable):
            if beside_array is not None and isinstance(other, numpy.ndarray):
                return beside_array(self, other)
            if not isinstance(other, numpy.generic):
                return overrides.answer_operator(function, *((other, self) if swapped else (self, other)))
            other = wrap(numpy.asarray(other))
        return function(other, self) if swapped else function(self, other)

    return method


def _equals_array(x: Any, other: Any) -> Any:
    """``tensor == array``: the one comparison with an array that torch makes."""
    numbers = isinstance(other, numpy.ndarray) and other.dtype.kind in "biufc"
    return comparison.eq(x, wrap(other)) if numbers else NotImplemented


# what a copy does not have: it is a leaf without a gradient
_OF_THE_GRAPH = frozenset(("_edge", "_base", "_seen", "_made", "_grad", "_retain", "_accumulator"))
_OPERANDS = (Variable, bool, int, float, complex)


def _augmented(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """``x += y``: NotImplemented for operands that are no numbers; a result that does not fit into x is said before anything else."""
    form = inplace(function, name)

    @wraps(form)
    def method(self: Any, other: Any) -> Any:
        __tracebackhide__ = True  # IPython leaves this frame out of tracebacks
        try:
            return form(self, other)
        except TypeError:
            if isinstance(other, _OPERANDS) or (hasattr(other, "dtype") and not isinstance(other, numpy.ndarray)):
                raise
            return NotImplemented
        except AttributeError:
            if not hasattr(other, "_raw"):
                raise
            return getattr(self, f"{name}_")(other)  # sparse tensors have an answer of their own
        except NotImplementedError:
            common = typeinfo.result_type(self, other)
            if not dtypes.can_cast(common, self.dtype):
                raise RuntimeError(
                    f"result type {common.short} can't be cast to the desired output type {self.dtype.short}"
                ) from None
            raise
        except RuntimeError:
            if not isinstance(other, numpy.ndarray):
                raise
            return NotImplemented

    return method


# dtypes as C++ spells them, in messages
_C_NAMES = {
    "bool": "bool", "uint8": "unsigned char", "int8": "signed char", "int16": "short int", "int32": "int", "int64": "long int",
    "uint16": "short unsigned int", "uint32": "unsigned int", "uint64": "long unsigned int", "float16": "c10::Half",
    "bfloat16": "c10::BFloat16", "float32": "float", "float64": "double", "complex32": "c10::complex<c10::Half>",
    "complex64": "c10::complex<float>", "complex128": "c10::complex<double>",
}  # fmt: skip


_IDENTITY = "This function is the identity in these cases."
_IN_TRANSFORM = (
    "inside of a function being transformed by a functorch transform. This is unsupported, please attempt to use the functorch "
    "transforms (e.g. grad, vjp, jacrev, jacfwd, hessian) or call {} outside of a function being transformed instead."
)


def _need_matrices(t: Any, name: str) -> None:
    if t._data.ndim < 2:
        raise RuntimeError(
            f"tensor.{name} is only supported on matrices or batches of matrices. Got {t._data.ndim}-D tensor."
        )


def _unturned(t: Any, name: str, advice: str) -> Any:
    """What a transpose of a 0-d tensor is: itself, with a word of torch's."""
    warnings.warn(f"Tensor.{name} is deprecated on 0-D tensors. {advice}", UserWarning, stacklevel=3)
    return t


class Tensor(Methods, Variable, metaclass=dtypes.PublicName, concrete=True):  # type: ignore[misc, valid-type]
    """A multi-dimensional array of one dtype on one device that remembers how it was computed.

    >>> import tinygrad_edu as tg
    >>> x = tg.tensor([1., 2.], requires_grad=True)
    >>> (x * x).sum().backward(); x.grad
    tensor([2., 4.])
    """

    __array_priority__ = 1000  # NumPy arrays leave ``array * tensor`` to us
    __hash__ = object.__hash__

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        return construct(cls, *args, **kwargs)

    __torch_function__ = classmethod(overrides.by_default)

    @property
    def __dict__(self) -> Any:  # type: ignore[override]
        return Attributes(self)

    @__dict__.setter
    def __dict__(self, attributes: dict[str, Any]) -> None:
        shown = Attributes(self)
        new = dict(attributes)  # they may be its own
        shown.clear()
        shown.update(new)

    def __init_subclass__(cls, inside: bool = False, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if getattr(cls.__torch_function__, "__func__", None) is not overrides.disabled and not inside:
            overrides.watch(cls)

    def as_subclass(self, cls: type) -> Any:
        """The same numbers and history as a tensor of another class. TypeError for a class that is none of tensors."""
        if not issubclass(cls, Tensor):
            raise TypeError(
                "Creating a Tensor subclass from a class that does not inherit from Tensor is not possible. Make sure your "
                "class inherits from Tensor."
            )
        made = Op.table["alias"](self)
        made.__class__ = cls
        return made

    @staticmethod
    def _make_subclass(cls: type, data: Any, require_grad: bool = False) -> Any:
        made = alias(data)
        made.__class__, made._requires_grad = cls, require_grad
        return made

    # ------------------------------------------------------------------ what it is
    @property
    def shape(self) -> Size:
        return tuple.__new__(Size, self._data.shape)

    @property
    def dtype(self) -> dtypes.dtype:
        return dtypes.of(self._data)

    @property
    def device(self) -> devices.device:
        return devices.of(self._data)

    @property
    def ndim(self) -> int:
        return int(self._data.ndim)

    @property
    def is_cuda(self) -> bool:
        return kernels_of(self._data).device_type == "cuda"

    @property
    def is_cpu(self) -> bool:
        return kernels_of(self._data).device_type == "cpu"

    @property
    def is_meta(self) -> bool:
        return kernels_of(self._data).device_type == "meta"

    @property
    def names(self) -> tuple[str | None, ...]:
        return named.names_of(self)

    @names.setter
    def names(self, names: Any) -> None:
        named.attach(self, names)

    is_sparse = is_sparse_csr = is_quantized = is_mps = is_mkldnn = False
    is_nested = is_xla = is_xpu = is_maia = is_vulkan = is_mtia = is_ipu = is_hpu = False
    name: None = None
    layout = layouts.strided

    @property
    def volatile(self) -> bool:
        """False: a mark of programs older than `no_grad`; reading and setting it warn."""
        warnings.warn("volatile was removed (Variable.volatile is always False)", stacklevel=2)
        return False

    @volatile.setter
    def volatile(self, _: Any) -> None:
        warnings.warn(VOLATILE, stacklevel=2)

    def record_stream(self, s: Any) -> None:
        """Nothing to do for the memory of a GPU's tensor, which waits for all streams; RuntimeError for others."""
        if not self.is_cuda:
            raise RuntimeError(
                "unknown parameter type" if s is None else "record_stream is only implemented for CUDA tensors"
            )

    @property
    def grad_dtype(self) -> dtypes.dtype:
        """The dtype that a gradient of this tensor has: its own."""
        return self.dtype

    @property
    def itemsize(self) -> int:
        return int(self._data.itemsize)

    @property
    def nbytes(self) -> int:
        return int(self._data.size * self._data.itemsize)

    def size(self, dim: Any = None) -> Any:
        """The shape, or the size of one dimension."""
        if dim is None:
            return Size(self._data.shape)
        return self._data.shape[wrap_dim(self._dim_number(dim, "size"), self._data.ndim)]

    def _dim_number(self, dim: Any, asking: str = "stride") -> int:
        if isinstance(dim, str):
            if self._names is None or dim not in self._names:
                raise RuntimeError(f"Name '{dim}' not found in Tensor{list(self.names)}.")
            return self._names.index(dim)
        if not is_int(dim):
            raise TypeError(f"{asking}(): argument 'dim' (position 1) must be int, not {type_name(dim)}")
        if self._data.ndim == 0:
            raise IndexError(f"Dimension specified as {int(dim)} but tensor has no dimensions")
        return int(dim)

    def dim(self) -> int:
        return int(self._data.ndim)

    ndimension = dim

    def numel(self) -> int:
        return int(self._data.size)

    nelement = numel

    def element_size(self) -> int:
        return int(self._data.itemsize)

    def stride(self, dim: int | None = None) -> Any:
        """How many elements lie in memory between neighbours along each dimension."""
        n = self._data.itemsize
        if self._data.size:
            strides = tuple(s // n for s in self._data.strides)
        else:  # NumPy has zeros here; torch counts a size of 0 as 1
            strides = tuple(s // n for s in contiguous_strides(self._data.shape, n))
        if dim is None:
            return strides
        return strides[wrap_dim(self._dim_number(dim), self._data.ndim)]

    def storage_offset(self) -> int:
        return storage_offset_of(self._data)

    def is_contiguous(self, memory_format: Any = None) -> bool:
        if memory_format is None:
            return bool(self._data.flags.c_contiguous)
        if not isinstance(memory_format, layouts.memory_format):
            raise TypeError(
                "is_contiguous(): argument 'memory_format' must be torch.memory_format, not " + type_name(memory_format)
            )
        return lies_in(self._data, memory_format)

    @property
    def _cdata(self) -> int:
        """A number that no other tensor has while this one lives: torch's address of it."""
        return id(self)

    def data_ptr(self) -> int:
        return address(self._data) if self._data.size and not self.is_meta else 0

    def is_floating_point(self) -> bool:
        return dtypes.of(self._data).is_floating_point

    def is_complex(self) -> bool:
        return dtypes.of(self._data).is_complex

    def is_signed(self) -> bool:
        return dtypes.of(self._data).is_signed

    def get_device(self) -> int:
        return -1 if self.device.index is None else self.device.index

    def __len__(self) -> int:
        if self._data.ndim == 0:
            raise TypeError("len() of a 0-d tensor")
        return len(self._data)

    def __iter__(self) -> Iterator[Any]:
        if self._data.ndim == 0:
            raise TypeError("iteration over a 0-d tensor")
        return iter(self.unbind(0))

    def __reversed__(self) -> Any:
        """The tensor with its first dimension turned round."""
        return self if self._data.ndim == 0 else self.flip(0)

    def __contains__(self, element: Any) -> bool:
        if isinstance(element, (Variable, bool, int, float, complex)):
            return bool(comparison.eq(self, element).any())
        raise RuntimeError(f"Tensor.__contains__ only supports Tensor or scalar, but you passed in a {type(element)}.")

    @property
    def T(self) -> Any:
        if self._data.ndim == 0:
            return _unturned(self, "T", _IDENTITY)
        if self._data.ndim != 2:
            warnings.warn(
                "The use of `x.T` on tensors of dimension other than 2 to reverse their shape is deprecated and it will throw "
                "an error in a future release. Consider `x.mT` to transpose batches of matrices or "
                "`x.permute(*torch.arange(x.ndim - 1, -1, -1))` to reverse the dimensions of a tensor.",
                UserWarning,
                stacklevel=2,
            )
        return self.permute(tuple(range(self._data.ndim - 1, -1, -1)))

    @property
    def mT(self) -> Any:
        if self._data.ndim == 0:
            return _unturned(self, "mT", _IDENTITY)
        _need_matrices(self, "mT")
        return self.transpose(-2, -1)

    @property
    def H(self) -> Any:
        if self._data.ndim == 0:
            return _unturned(self.conj() if self.is_complex() else self, "H", "Consider using x.conj().")
        if self._data.ndim != 2:
            raise RuntimeError(
                "tensor.H is only supported on matrices (2-D tensors). Got "
                f"{self._data.ndim}-D tensor."
                f"{' For batches of matrices, consider using tensor.mH' if self._data.ndim > 2 else ''}"
            )
        turned = self.transpose(0, 1)
        return turned.conj() if self.is_complex() else turned

    @property
    def mH(self) -> Any:
        if self._data.ndim == 0:
            return _unturned(self.conj() if self.is_complex() else self, "mH", "Consider using x.conj().")
        _need_matrices(self, "mH")
        return self.mT.conj() if self.is_complex() else self.mT

    @property
    def real(self) -> Any:
        return grids.real(self)

    @real.setter
    def real(self, value: Any) -> None:
        conversion.assign(grids.real(self), value)

    @property
    def imag(self) -> Any:
        return grids.imag(self)

    @imag.setter
    def imag(self, value: Any) -> None:
        conversion.assign(grids.imag(self), value)

    # ------------------------------------------------------------------ its place in the graph
    @property
    def requires_grad(self) -> bool:
        return bool(needs_grad(self))

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        if not isinstance(value, bool):
            raise RuntimeError("requires_grad must be a bool")
        if value and self._data.dtype.kind not in "fcV":
            raise RuntimeError("only Tensors of floating point and complex dtype can require gradients")
        if value and not self.is_leaf:
            raise RuntimeError("you can only change requires_grad flags of leaf variables.")
        Tensor.requires_grad_(self, value)  # not a subclass's own, which may be written with this very property

    def requires_grad_(self, requires_grad: bool = True) -> Any:
        """Ask for (or stop asking for) a gradient of this leaf."""
        if state.transforms:
            raise RuntimeError(
                "You are attempting to call Tensor.requires_grad_() (or perhaps using torch.autograd.functional.* APIs) "
                + _IN_TRANSFORM.format("requires_grad_()")
            )
        if not isinstance(requires_grad, bool):
            raise TypeError(
                f"requires_grad_(): argument 'requires_grad' (position 1) must be bool, not {type(requires_grad).__name__}"
            )
        if requires_grad and self._data.dtype.kind not in "fcV":
            raise RuntimeError("only Tensors of floating point dtype can require gradients")
        if requires_grad and self._inference and not state.inference:
            raise RuntimeError("Setting requires_grad=True on inference tensor outside InferenceMode is not allowed.")
        if not requires_grad and not self.is_leaf:
            raise RuntimeError(
                "you can only change requires_grad flags of leaf variables. If you want to use a computed variable in a "
                "subgraph that doesn't require differentiation use var_no_grad = var.detach()."
            )
        self._requires_grad = bool(requires_grad)
        return self

    @property
    def grad_fn(self) -> Any:
        return self._node if self._base is None else view_node(self)

    @property
    def is_leaf(self) -> bool:
        return not needs_grad(self) or self.grad_fn is None

    @property
    def output_nr(self) -> int:
        return self._nr

    @property
    def retains_grad(self) -> bool:
        return bool(self._retain)

    @property
    def _version(self) -> int:
        return int(self._counter[0])

    @property
    def _backward_hooks(self) -> Any:
        return self._hooks

    @property
    def _post_accumulate_grad_hooks(self) -> Any:
        return self._after_accumulate

    def _is_view(self) -> bool:
        return self._base is not None

    def is_inference(self) -> bool:
        return bool(self._inference)

    @property
    def grad(self) -> Any:
        if self._grad is None and not self._retain and needs_grad(self) and self.grad_fn is not None:
            warnings.warn(
                "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute won't be "
                "populated during autograd.backward(). If you indeed want the .grad field to be populated for a non-leaf "
                "Tensor, use .retain_grad() on the non-leaf Tensor. If you access the non-leaf Tensor by mistake, make sure "
                "you access the leaf Tensor instead. See github.com/pytorch/pytorch/pull/30531 for more information.",
                UserWarning,
                stacklevel=2,
            )
        return self._grad

    @grad.setter
    def grad(self, value: Any) -> None:
        if value is not None:
            if not isinstance(value, Variable):
                raise TypeError(
                    f"assigned grad expected to be a Tensor or None but got grad of type {type(value).__name__}"
                )
            if value is self:
                raise RuntimeError("can't assign Variable as its own grad")
            if value.dtype is not self.dtype:
                raise RuntimeError(
                    f"attempting to assign a gradient with dtype '{_C_NAMES[value.dtype.name]}' to a tensor with grad_dtype "
                    f"'{self.dtype.short}'. The gradient must match the tensor's grad_dtype (defaults to the tensor's dtype). You "
                    "can set the tensor's grad_dtype attribute with a specific dtype, or None to allow any dtype. Set grad_dtype "
                    "with caution. Diverging the dtypes of a tensor and its gradient may break downstream systems that assume "
                    "they match."
                )
            if value.device.type != self.device.type:
                raise RuntimeError(
                    f"attempting to assign a gradient with device type '{value.device.type}' to a tensor with device type "
                    f"'{self.device.type}'. Please ensure that the gradient and the tensor are on the same device"
                )
            if value.shape != self.shape:
                raise RuntimeError(
                    f"attempting to assign a gradient of size '{list(value.shape)}' to a tensor of size "
                    f"'{list(self.shape)}'. Please ensure that the gradient and the tensor are the same size"
                )
            if self.layout is not layouts.strided and value.layout is layouts.strided:
                raise RuntimeError("attempting to assign a gradient to a tensor that has data of a different type")
        self._grad = value

    @grad.deleter
    def grad(self) -> None:
        self._grad = None

    def backward(
        self, gradient: Any = None, retain_graph: bool | None = None, create_graph: bool = False, inputs: Any = None
    ) -> None:
        """Compute d(self)/d(leaf) for every leaf that requires a gradient and add it to the leaf's ``.grad``."""
        run_backward(self, gradient, retain_graph, create_graph, inputs=inputs)

    def register_hook(self, hook: Callable[[Any], Any]) -> graph.RemovableHandle:
        """Call ``hook(grad)`` when this tensor's gradient is known; what it returns (if anything) replaces the gradient."""
        if not needs_grad(self):
            raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
        if self._hooks is None:
            self._hooks = OrderedDict()
            node = self.grad_fn or (self._accumulator and self._accumulator())
            if node is not None:
                node.add_before(self._nr, self._hooks, 0)
        return graph.hooked(self._hooks, hook)

    def register_post_accumulate_grad_hook(self, hook: Callable[[Any], Any]) -> graph.RemovableHandle:
        """Call ``hook(tensor)`` after a gradient was added to this leaf's ``.grad``."""
        if not needs_grad(self):
            raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
        if not self.is_leaf:
            raise RuntimeError("post accumulate grad hooks cannot be registered on non-leaf tensors")
        if self._after_accumulate is None:
            self._after_accumulate = OrderedDict()
        return graph.hooked(self._after_accumulate, hook)

    def retain_grad(self) -> None:
        """Keep the gradient of this non-leaf tensor in its ``.grad`` too."""
        if not needs_grad(self):
            raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
        if state.transforms:
            raise RuntimeError(
                "You are attempting to call Tensor.retain_grad() " + _IN_TRANSFORM.format("retain_grad()")
            )
        if self.is_leaf or self._retain:
            return
        graph.retain(self)

    def detach(self) -> Any:
        """The same numbers, in the same memory, outside the graph."""
        t = alias(self)
        if self._names is not None:
            t._names = self._names
        return t

    def detach_(self) -> Any:
        """Cut this tensor off the graph that made it."""
        if self._base is not None:
            raise RuntimeError(
                "Can't detach views in-place. Use detach() instead. If you are using DistributedDataParallel (DDP) for training, "
                "and gradient_as_bucket_view is set as True, gradients are views of DDP buckets, and hence detach_() cannot be "
                "called on these gradients. To fix this error, please refer to the Optimizer.zero_grad() function in "
                "torch/optim/optimizer.py as the solution."
            )
        self._edge, self._requires_grad = None, False
        return self

    @property
    def data(self) -> Any:
        """The numbers without the graph: writes through it are *not* noticed by autograd."""
        return wrap(self._data)

    @data.setter
    def data(self, value: Any) -> None:
        if not isinstance(value, Variable):
            raise TypeError(f"Variable data has to be a tensor, but got {type(value).__name__}")
        if value.is_meta is not self.is_meta:
            raise RuntimeError(
                "Attempted to call `variable.set_data(tensor)`, but `variable` and `tensor` have incompatible tensor type."
            )
        self._data = value._data

    @data.deleter
    def data(self) -> None:
        raise RuntimeError("Deleting tensor data is not allowed. Delete tensor instead!")

    # ------------------------------------------------------------------ numbers out
    def item(self) -> Any:
        """The only element as a Python number."""
        if self._data.size != 1:
            raise RuntimeError(f"a Tensor with {self._data.size} elements cannot be converted to Scalar")
        value = kernels_of(self._data).scalar(self._data)
        return float(value) if self.dtype is dtypes.bfloat16 else value

    def tolist(self) -> Any:
        """The elements as nested lists of Python numbers."""
        host = kernels_of(self._data).to_host(self._data)
        return host.astype(numpy.float32).tolist() if self.dtype is dtypes.bfloat16 else host.tolist()

    def numpy(self, *, force: bool = False) -> Any:
        """The NumPy array that shares this tensor's memory."""
        if force:
            return kernels_of(self._data).to_host(self.detach()._data)
        if state.enabled and needs_grad(self):
            raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
        if not self.is_cpu:
            raise TypeError(
                f"can't convert {self.device} device type tensor to numpy. Use Tensor.cpu() to copy the tensor to host "
                "memory first."
            )
        if self.dtype is dtypes.bfloat16:
            raise TypeError("Got unsupported ScalarType BFloat16")
        return self._data.view()  # a new array object: giving it another shape leaves the tensor alone

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        array = self.numpy()
        if dtype is not None and numpy.dtype(dtype) != array.dtype:
            return array.astype(dtype)
        return array.copy() if copy else array

    def __array_wrap__(self, array: Any, context: Any = None, return_scalar: bool = False) -> Any:
        """What a NumPy function of this tensor gives: a tensor too (truth values as uint8, as in torch)."""
        array = numpy.asarray(array)
        dtypes.from_np(array.dtype)
        return wrap(array.astype(numpy.uint8) if array.dtype == bool else array)

    def __bool__(self) -> bool:
        if self._data.size != 1:
            if self._data.size == 0:
                raise RuntimeError("Boolean value of Tensor with no values is ambiguous")
            raise RuntimeError("Boolean value of Tensor with more than one value is ambiguous")
        return bool(self.item())

    def __float__(self) -> float:
        self._warn_that_the_graph_ends()
        return float(self._real_number("double"))

    def __int__(self) -> int:  # torch warns of no gradient lost here
        return int(self._real_number("int64_t"))

    def __complex__(self) -> complex:
        self._warn_that_the_graph_ends()
        return complex(self._number())

    def _real_number(self, kind: str) -> Any:
        value = self._number()
        if not isinstance(value, complex):
            return value
        if value.imag != 0:
            raise RuntimeError(f"value cannot be converted to type {kind} without overflow")
        return value.real

    def _warn_that_the_graph_ends(self) -> None:
        if state.enabled and needs_grad(self):
            warnings.warn(
                "Converting a tensor with requires_grad=True to a scalar may lead to unexpected behavior.\n"
                "Consider using tensor.detach() first.",
                UserWarning,
                stacklevel=3,
            )

    def _number(self) -> Any:
        if self._data.size != 1:
            raise ValueError("only one element tensors can be converted to Python scalars")
        return self.item()

    def __index__(self) -> int:
        if (self._data.ndim != 0 and self._data.size != 1) or self._data.dtype.kind not in "iub":
            raise TypeError("only integer tensors of a single element can be converted to an index")
        return int(self.item())

    # ------------------------------------------------------------------ how it prints
    def __repr__(self, *, tensor_contents: Any = None) -> str:
        return printing.format_tensor(self)

    def __format__(self, spec: str) -> str:
        if self._data.ndim == 0 and type(self) is Tensor and not self.is_meta:
            return self.item().__format__(spec)
        return object.__format__(self, spec)

    # ------------------------------------------------------------------ copies
    def __copy__(self) -> Any:
        new = object.__new__(type(self))  # a leaf over the same memory
        all_of(new).update({name: value for name, value in all_of(self).items() if name not in _OF_THE_GRAPH})
        new._requires_grad = self.requires_grad
        return new

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        if not self.is_leaf:
            raise RuntimeError(
                "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment.  If "
                "you were attempting to deepcopy a module, this may be because of a torch.nn.utils.weight_norm usage, see "
                "https://github.com/pytorch/pytorch/pull/103001"
            )
        if id(self) in memo:
            return memo[id(self)]
        new = object.__new__(type(self))
        memo[id(self)] = new
        new._data, new._counter = copied_with_storage(self._data, memo), [0]
        new._requires_grad, new._names = self._requires_grad, self._names
        new._grad = copy.deepcopy(self._grad, memo)
        all_of(new).update(copy.deepcopy(attributes_of(self), memo))
        return new

    def __reduce_ex__(self, protocol: Any) -> Any:
        if self.is_meta:
            form = tuple(self.shape), tuple(self.stride()), self.dtype
            return _rebuild_form, (type(self), *form, self.requires_grad), attributes_of(self) or None
        host = kernels_of(self._data).to_host(self._data)
        return _rebuild, (type(self), host, str(self.device), self.requires_grad), attributes_of(self) or None

    # ------------------------------------------------------------------ operators
    __add__ = __radd__ = _operator(pointwise.plus)
    __sub__, __rsub__ = _operator(pointwise.sub), _operator(pointwise.rsub)
    __mul__ = __rmul__ = _operator(pointwise.mul)
    __truediv__ = _operator(pointwise.true_div)
    __rtruediv__ = _operator(pointwise.reversed_div, beside_array=lambda x, array: power.reciprocal(x) * array)
    __rdiv__ = __rtruediv__
    __floordiv__, __rfloordiv__ = _operator(pointwise.floor_divide), _operator(pointwise.floor_divide, swapped=True)
    __mod__, __rmod__ = _operator(pointwise.remainder), _operator(pointwise.remainder, swapped=True)
    __pow__, __rpow__ = _operator(power.pow), _operator(power.pow, swapped=True)
    __matmul__, __rmatmul__ = _operator(linalg.matmul, numbers=False), _operator(linalg.matmul, True, False)
    __lt__, __le__ = _operator(comparison.lt), _operator(comparison.le)
    __gt__, __ge__ = _operator(comparison.gt), _operator(comparison.ge)
    __and__ = __rand__ = _operator(bits.bitwise_and)
    __or__ = __ror__ = _operator(bits.bitwise_or)
    __xor__ = __rxor__ = _operator(bits.bitwise_xor)
    __lshift__, __rshift__ = _operator(bits.bitwise_left_shift), _operator(bits.bitwise_right_shift)
    __rlshift__ = _operator(bits.bitwise_left_shift, swapped=True)
    __rrshift__ = _operator(bits.bitwise_right_shift, swapped=True)
    __getitem__ = indexing.getitem
    __setitem__ = indexing.setitem
    __delitem__ = indexing.delitem

    def __eq__(self, other: Any) -> Any:
        answer = _EQ(self, other)
        return answer if answer is not NotImplemented else _equals_array(self, other)

    def __ne__(self, other: Any) -> Any:
        return _NE(self, other)

    def __neg__(self) -> Any:
        return pointwise.neg(self)

    def __pos__(self) -> Any:
        return pointwise.positive(self)

    def __abs__(self) -> Any:
        return self.abs()

    def __invert__(self) -> Any:
        if self._data.dtype.kind not in "iub":
            raise TypeError("~ (operator.invert) is only implemented on integer and Boolean-type tensors")
        return bits.bitwise_not(self)

    # ``x += 1`` writes into x's memory
    __iadd__, __isub__ = _augmented(pointwise.plus, "add"), _augmented(pointwise.sub, "sub")
    __imul__, __itruediv__ = _augmented(pointwise.mul, "mul"), _augmented(pointwise.true_div, "div")
    __ifloordiv__, __imod__ = (
        _augmented(pointwise.floor_divide, "floor_divide"),
        _augmented(pointwise.remainder, "remainder"),
    )
    __ipow__ = _augmented(power.pow, "pow")
    __iand__, __ior__ = _augmented(bits.bitwise_and, "and"), _augmented(bits.bitwise_or, "or")
    __ixor__ = _augmented(bits.bitwise_xor, "xor")
    __ilshift__ = _augmented(bits.bitwise_left_shift, "lshift")
    __irshift__ = _augmented(bits.bitwise_right_shift, "rshift")


class SparseTensor(sparse.state.Sparse, Tensor, inside=True, sparse=True):
    """A tensor of a sparse layout: the class shows itself as Tensor, as in torch."""

    __dict__ = vars(Tensor)["__dict__"]


def _forbid_writing(name: str, shown: property) -> property:
    """The property with torch's error for who writes to it."""

    def refuse(self: Any, value: Any) -> None:
        raise AttributeError(f"attribute '{name}' of 'torch._C.TensorBase' objects is not writable")

    return shown.setter(refuse)


for _name, _found in list(vars(Tensor).items()):
    if type(_found) is property and _found.fset is None and _name != "grad_dtype" and not _name.startswith("_"):
        setattr(Tensor, _name, _forbid_writing(_name, _found))
SparseTensor.__name__ = SparseTensor.__qualname__ = "Tensor"
_EQ, _NE = _operator(comparison.eq), _operator(comparison.ne)


def _let_others_answer() -> None:
    """Give Tensor's own methods, operators and properties a look at ``__torch_function__``: when the first class wants it."""
    for cls in (Methods, Tensor):
        for name, value in list(vars(cls).items()):
            if name in _NEVER_ASKED or (name.startswith("_") and not name.startswith("__")):
                continue
            home = getattr(value.fget if isinstance(value, property) else value, "__module__", None) or ""
            if home.partition(".")[0] != __package__:
                continue  # a program has put it there
            if isinstance(value, property):
                setattr(cls, name, overrides.overridable_property(value.fget, value.fset, value.fdel, value.__doc__))
            elif callable(value) and not isinstance(value, type) and not hasattr(value, "torch_errors"):
                told = _TOLD.get(name)
                shown = None if told is None else (lambda told=told: getattr(Tensor, told))
                setattr(cls, name, overrides.overridable(value, name, shown, name in _BINARY))
    overrides.not_wrapped.add(Tensor.grad.__get__)


# what is told to have been called where an operator was used
_TOLD = {f"__{n}__": n for n in ("add", "sub", "mul", "matmul", "lt", "le", "gt", "ge", "ne", "neg", "abs")}
_TOLD |= {f"__i{n}__": f"{n}_" for n in ("add", "sub", "mul")}
_BINARY = {
    f"__{before}{name}__"
    for before in ("", "r", "i")
    for name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or", "xor", "lshift", "rshift")
} | {"__lt__", "__le__", "__gt__", "__ge__", "__eq__", "__ne__"}  # fmt: skip
_TOLD |= {"__radd__": "add", "__rmul__": "mul", "__rand__": "bitwise_and", "__ror__": "bitwise_or", "__rxor__": "bitwise_xor",
          "__truediv__": "div", "__itruediv__": "div_", "__mod__": "remainder", "__imod__": "remainder_", "__pos__": "positive",
          "__ifloordiv__": "floor_divide_"}  # fmt: skip
_NEVER_ASKED = {"__new__", "__init_subclass__", "__torch_function__", "__hash__", "__reduce_ex__", "__copy__", "__class__", "__dict__",
                "__setstate__", "__iter__", "backward", "names", "as_subclass"}  # fmt: skip
overrides.PLAIN.add(Tensor)
overrides.on_first.append(_let_others_answer)


def _rebuild(cls: type, array: numpy.ndarray, place: str, requires_grad: bool) -> Any:
    t = object.__new__(cls)
    where = devices.device(place)
    t._data = array if where.type == "cpu" else kernels_for(where.type).from_host(array, where.index)
    t._counter, t._requires_grad = [0], requires_grad
    return t


def _rebuild_form(cls: type, shape: Any, strides: Any, dtype: dtypes.dtype, requires_grad: bool) -> Any:
    t = registry.functions["empty_strided"](shape, strides, dtype=dtype, device="meta", requires_grad=requires_grad)
    return t if cls is Tensor else t.as_subclass(cls)


__all__ = ["Op", "Tensor", "check_writable", "root_array", "state", "write"]
