"""Views and other shapes are torch's: values, strides, which memory is shared, gradients, graph names, errors."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle.harness import D, ErrorCase, OpCase, S, T, checks, compare, compare_form

X = T(2, 3, 4)
TYPES = [
    T(2, 3, dtype=d) for d in ("float64", "int64", "bool", "uint8", "float16", "bfloat16", "complex64", "complex128")
]
FORMS = [
    X,
    X.with_(layout="transposed"),
    X.with_(layout="sliced"),
    X.with_(layout="offset"),
    T(3, 4, layout="expanded"),
]
ODD = [T(), T(0), T(2, 0, 3), T(1), T(1, 1, 1)]


def of(*kinds, args=((),), **kwargs):
    """One call for every tensor and every tuple of further arguments."""
    return [S(t, *a, **kwargs) for t in kinds for a in args]


VIEWS = [
    OpCase("reshape", [S(x, s) for x in FORMS if len(x.shape) == 3 for s in ((24,), (-1,), (6, 4), (2, 12), (4, -1, 3), (2, 3, 4), (1, 24, 1))]
           + [S(x, (-1,)) for x in (*TYPES, T(), T(0), T(2, 3, layout="expanded"))] + [S(T(1), ()), S(T(), (1, 1)), S(T(2, 0), (0, 5))]),
    OpCase("view", [S(X, 24), S(X, 6, -1), S(X, (4, 6)), S(X, [2, -1]), S(T(), 1), S(T(0), 0, 3), S(T(1, 3), 3)]
           + [S(x, -1) for x in TYPES] + [S(T(4, 6, layout="sliced"), 2, 2, 6), S(T(4, 6, layout="transposed"), 4, 2, 3)],
           skip=("function",)),
    OpCase("view", [S(T(2, 4), D("int32")), S(T(2, 4), D("float64")), S(T(2, 4), D("int8")), S(T(2, 4, dtype="int64"), D("float32")),
                    S(T(2, 4, dtype="int16"), D("bfloat16"))], skip=("grad",)),
    OpCase("view_as", [S(X, T(4, 6))]), OpCase("reshape_as", [S(X, T(4, 6)), S(X.with_(layout="transposed"), T(24))]),
    OpCase("flatten", of(*FORMS, *ODD, *TYPES) + of(X, X.with_(layout="transposed"), args=((1,), (0, 1), (-2, -1), (1, 1), (2,)))),
    OpCase("unflatten", [S(X, 2, (2, 2)), S(X, -1, (2, -1)), S(X, 1, [3, 1]), S(X, 0, (-1,)), S(X.with_(layout="transposed"), 2, (2, 2))]),
    OpCase("ravel", of(*FORMS, *ODD)),
    OpCase("squeeze", of(X, T(1, 3, 1), T(1, 1), T(), T(2, 1, 3, layout="transposed"), T(1, 3, dtype="int64"))
           + of(T(1, 3, 1), args=((0,), (1,), (-1,), ((0, 2),), ((0, 1),), ((),)))),
    OpCase("unsqueeze", of(X, X.with_(layout="transposed"), args=((0,), (1,), (-1,), (-2,), (3,))) + of(T(), T(0), args=((0,), (-1,)))),
    OpCase("transpose", of(*FORMS[:4], args=((0, 1), (1, 2), (-1, 0), (1, 1))) + [S(T(), 0, -1), S(T(3), 0, 0)]),
    OpCase("swapaxes", [S(X, 0, 2)]), OpCase("swapdims", [S(X, 0, 2)]),
    OpCase("t", of(T(2, 3), T(3), T(), T(2, 3, layout="sliced"))),
    OpCase("permute", of(*FORMS[:4], args=(((2, 0, 1),), ((0, 1, 2),), ((-1, 0, 1),))) + [S(T(), ())]),
    OpCase("movedim", of(X, args=((0, 2), (-1, 0), ((0, 1), (2, 0)), ((0, 1), (1, 0)), (1, 1)))), OpCase("moveaxis", [S(X, 0, 1)]),
    OpCase("adjoint", [S(X)]),
    OpCase("expand", of(T(3, 1), args=((3, 4), (2, 3, 4), (-1, 4), ((2, -1, 2),))) + [S(T(), 2, 3), S(T(1), 0), S(T(3), 3), S(T(1, 3, dtype="int64"), 2, 3)]),
    OpCase("expand_as", [S(T(3, 1), T(2, 3, 4))]),
    OpCase("broadcast_to", [S(T(3, 1), (2, 3, 4)), S(T(), (2,)), S(T(1, 3, layout="sliced"), (2, 3))]),
    OpCase("narrow", of(*FORMS[:4], args=((0, 1, 1), (1, 0, 2), (-1, -2, 2), (2, 4, 0)))),
    OpCase("select", of(*FORMS, args=((0, 1), (1, 2), (-1, -1)))),
    OpCase("diagonal", of(*FORMS, args=((), (1,), (-1,), (9,), (0, 1, 0))) + [S(X, 0, 1, 2), S(X, 1, -1, -2), S(X, offset=1, dim1=2, dim2=0)]),
    OpCase("unfold", of(*FORMS[:4], args=((2, 2, 1), (2, 3, 2), (1, 2, 2), (0, 1, 1), (-1, 4, 1))) + [S(T(), 0, 1, 1), S(T(5), 0, 0, 2)]),
    OpCase("as_strided", [S(X, (2, 2), (1, 2)), S(X, (3, 3), (1, 1), 2), S(X, (), (), 5), S(X, (2, 0), (1, 1)), S(X, (4, 2), (0, 3)),
                          S(X.with_(layout="offset"), (2, 2), (1, 3)), S(T(4, 3, layout="transposed"), (2, 2), (2, 1), 1)]),
    OpCase("unbind", of(*FORMS, args=((), (1,), (-1,))) + [S(T(3)), S(T(2, 0)), S(T(0, 2)), S(T(1, 3, dtype="int64"))]),
    OpCase("split", of(*FORMS, args=((1,), (2, 1), (5, -1), ([1, 2], 1))) + [S(T(5), 2), S(T(0), 0), S(T(0), 3), S(T(5), (2, 3))]),
    OpCase("split_with_sizes", [S(T(5, 2), [2, 0, 3]), S(X, [1, 3], -1)]),
    OpCase("chunk", of(*FORMS, args=((2,), (3, 1), (3, -1))) + [S(T(5), 3), S(T(0), 3), S(T(7), 9)]),
    OpCase("tensor_split", of(*FORMS[:3], args=((2,), (3, 1), ((1, 2), -1), ([-1], 2), ((5,), 1))) + [S(T(7), 3), S(T(0), 2)]),
    OpCase("hsplit", [S(T(4, 6), 2), S(T(4), 2), S(T(4, 6), [1, 2])]), OpCase("vsplit", [S(T(4, 6), 2), S(T(4, 6), [1])]),
    OpCase("dsplit", [S(T(2, 3, 4), 2)]),
    OpCase("view_as_real", [S(T(2, 3, dtype="complex64")), S(T(2, 3, dtype="complex128", layout="transposed")), S(T(dtype="complex64"))]),
    OpCase("view_as_complex", [S(T(3, 2)), S(T(2, 3, 2, dtype="float64")), S(T(2))]),
    OpCase("real", [S(T(2, 3, dtype="complex64")), S(T(2, 3))], skip=("strides",)), OpCase("imag", [S(T(2, 3, dtype="complex128"))]),
]  # fmt: skip
# torch's masked complex views conjugate lazily; strides of size-1 dimensions of real/imag are free
COPIES = [
    OpCase("clone", of(*FORMS, *ODD, *TYPES)), OpCase("contiguous", of(*FORMS)),
    OpCase("flip", of(*FORMS, args=(((0,),), ((0, 1),), ((-1,),), ((),))) + [S(T(), (0,)), S(T(2, 0), (1,)), *of(*TYPES, args=(((0,),),))]),
    OpCase("fliplr", [S(T(2, 3)), S(X)]), OpCase("flipud", [S(T(3)), S(X)]),
    OpCase("roll", of(*FORMS, args=((1,), (-2, 0), ((1, 2), (0, 1)), (5, -1), (0, 1))) + [S(T(), 1), S(T(0), 2)]),
    OpCase("rot90", of(X, T(2, 3), T(2, 3, layout="transposed"), args=((), (2,), (3,), (-1,), (0,), (1, (1, 0)), (5, (0, -1))))),
    OpCase("repeat", of(*FORMS[:4], args=((1, 2, 3), ((2, 1, 1, 1),), (0, 1, 1))) + [S(T(), 2), S(T(2), 3), S(T(2, 0), 2, 2), S(T(2, dtype="bool"), 2)]),
    OpCase("tile", of(X, T(2), T(), args=(((2,),), ((2, 1),), ((1, 2, 1, 2),), ((),)))),
    OpCase("repeat_interleave", [S(X, 2), S(X, 2, 1), S(X, 3, dim=-1), S(T(3), T(values=[1, 0, 2], dtype="int64")), S(T(3, 2), T(values=[1, 0, 2], dtype="int64"), 0),
                                 S(X, T(values=[2], dtype="int64"), 1), S(T(values=[1, 0, 2], dtype="int64")), S(T(), 3)]),
    OpCase("diag", of(T(3), args=((), (1,), (-1,), (5,)))),
    OpCase("diag", of(T(3, 4), T(4, 3, layout="transposed"), args=((), (1,), (-1,), (5,))), skip=("out",)),  # of an int64 out: another text
    OpCase("diag_embed", of(X, T(3), args=((), (1,), (-2,))) + [S(X, 0, 0, 2), S(X, 1, -1, 0)]), OpCase("diagflat", of(X, T(), T(3), args=((), (1,)))),
    OpCase("tril", of(*FORMS, *TYPES, args=((), (1,), (-1,), (7,)))), OpCase("triu", of(*FORMS, *TYPES, args=((), (1,), (-1,), (-7,)))),
    OpCase("cat", [S([X, X]), S([X, X], 1), S([X, X], -1), S((X, X.with_(layout="transposed"), T(2, 3, 1)), 2), S([T(0), X]), S([T(0), T(0)]),
                   S([T(2), T(3, dtype="float64")]), S([T(2, dtype="int64"), T(3)]), S([T(2, dtype="bool"), T(3, dtype="uint8")]),
                   S([T(2, dtype="float16"), T(3, dtype="bfloat16")]), S([T(2, 0), T(2, 3)], dim=1), S([X], axis=1), S(tensors=[X, X])]),
    OpCase("concat", [S([X, X])]), OpCase("concatenate", [S([X, X], 1)]),
    OpCase("stack", [S([X, X]), S([X, X], 1), S([X, X], -1), S((T(), T())), S([T(2), T(2, dtype="float64")]), S([T(2, dtype="int64"), T(2, dtype="bool")]),
                     S([T(3, 4, layout="transposed"), T(3, 4)], dim=2), S([T(0), T(0)])]),
    OpCase("hstack", [S([T(2), T(3)]), S([T(2, 1), T(2, 2)]), S([T(), T()])]), OpCase("vstack", [S([T(3), T(2, 3)]), S([T(), T()])]),
    OpCase("row_stack", [S([T(3), T(3)])]), OpCase("dstack", [S([T(3), T(3)]), S([T(2, 3), T(2, 3)]), S([X, X])]),
    OpCase("column_stack", [S([T(3), T(3, 2)]), S([T(), T()])]),
    OpCase("block_diag", [S(T(2, 2), T(1, 3), T(2), T()), S(T(2, dtype="int64"), T(1, 1))]),
    OpCase("atleast_1d", [S(T()), S(X)]), OpCase("atleast_2d", [S(T()), S(T(3)), S(X)]), OpCase("atleast_3d", [S(T()), S(T(3)), S(T(2, 3)), S(X)]),
    OpCase("broadcast_tensors", [S(T(3), T(2, 1)), S(T(), T(2)), S(X)]),
    OpCase("select_scatter", [S(X, T(3, 4), 0, 1), S(X, T(2, 4), 1, -1)]), OpCase("diagonal_scatter", [S(T(3, 4), T(3)), S(T(3, 4), T(2), -1), S(X, T(3, 2), 0, 0, 2)]),
    OpCase("slice_scatter", [S(X, T(1, 3, 4), 0, 1), S(X, T(2, 2, 4), 1, 0, 2), S(X, T(2, 3, 2), dim=2, start=0, end=4, step=2)]),
    # the gradient that torch 2.13 gives here is that of the part replaced, now and then; ours is zero there
    OpCase("as_strided_scatter", [S(T(3, 4), T(2, 2), (2, 2), (1, 5))], skip=("grad", "second")),
    OpCase("unravel_index", [S(T(values=[5, 0, 23], dtype="int64"), (2, 3, 4))], skip=("method", "strides")),
    OpCase("is_same_size", [S(X, X), S(X, T(2))]), OpCase("resize_as_", [S(T(2, 3, grad=False), T(3, 2))]),
]  # fmt: skip

MISTAKES = [
    ErrorCase("reshape", X, (5,)), ErrorCase("reshape", X, (-1, 5)), ErrorCase("reshape", X, (-1, -1)), ErrorCase("reshape", X, (-2, 3)),
    ErrorCase("reshape", X, "a"), ErrorCase("reshape", X, (2, "a")), ErrorCase("reshape", X), ErrorCase("reshape", 3, (2,)),
    ErrorCase("reshape", X, method=True), ErrorCase("view", X, method=True), ErrorCase("view", X, "a", method=True),
    ErrorCase("view", X.with_(layout="transposed"), -1, method=True), ErrorCase("view", X, 5, 5, method=True), ErrorCase("view", T(3), D("float64"), method=True),
    ErrorCase("view", T(), D("int8"), method=True), ErrorCase("flatten", X, 2, 1), ErrorCase("flatten", X, 5), ErrorCase("flatten", X, 0, 1, 2),
    ErrorCase("unflatten", X, 2, (3, 2)), ErrorCase("unflatten", X, 2, ()), ErrorCase("squeeze", X, 3), ErrorCase("squeeze", X, "a"),
    ErrorCase("unsqueeze", X, 4), ErrorCase("unsqueeze", X, -5), ErrorCase("unsqueeze", X, 1.5), ErrorCase("unsqueeze", X),
    ErrorCase("transpose", X, 0, 3), ErrorCase("transpose", X, 0), ErrorCase("transpose", X, "a", 0), ErrorCase("t", X), ErrorCase("permute", X, (0, 1)),
    ErrorCase("permute", X, (0, 1, 1)), ErrorCase("permute", X, (0, 1, 3)), ErrorCase("movedim", X, 0, 3), ErrorCase("movedim", X, (0, 0), (1, 2)),
    ErrorCase("movedim", X, (0, 1), (1, 1)), ErrorCase("expand", X, 4, method=True), ErrorCase("expand", X, 3, 3, 4, method=True),
    ErrorCase("expand", X, -1, 2, 3, 4, method=True), ErrorCase("expand", X, "a", method=True), ErrorCase("broadcast_to", X, (2, 3, 5)),
    ErrorCase("broadcast_tensors", T(3), T(2)), ErrorCase("broadcast_shapes", (2,), (3,)), ErrorCase("broadcast_shapes", (-1,)),
    ErrorCase("narrow", X, 0, 0, 3), ErrorCase("narrow", X, 0, 3, 1), ErrorCase("narrow", X, 0, 0, -1), ErrorCase("narrow", T(), 0, 0, 1), ErrorCase("narrow", X, 3, 0, 1),
    ErrorCase("select", X, 0, 2), ErrorCase("select", X, 3, 0), ErrorCase("select", T(), 0, 0), ErrorCase("diagonal", X, 0, 1, 1), ErrorCase("diagonal", T(3)),
    ErrorCase("unfold", X, 0, 3, 1, method=True), ErrorCase("unfold", X, 0, 1, 0, method=True), ErrorCase("unfold", X, 0, -1, 1, method=True),
    ErrorCase("as_strided", X, (5, 5), (5, 1)), ErrorCase("as_strided", X, (2, 2), (1,)), ErrorCase("as_strided", X, (2,), (-1,)),
    ErrorCase("unbind", T()), ErrorCase("unbind", X, 3), ErrorCase("split", X, -1), ErrorCase("split", X, 0), ErrorCase("split", X, [1, 2]),
    ErrorCase("split", X, [3, -1]), ErrorCase("split", X, 2.5), ErrorCase("split", T(), 1), ErrorCase("split_with_sizes", X, [1]), ErrorCase("chunk", X, 0),
    ErrorCase("chunk", X, 1.5), ErrorCase("chunk", T(), 1), ErrorCase("tensor_split", X, 0), ErrorCase("tensor_split", T(), 2), ErrorCase("hsplit", T(5), 2),
    ErrorCase("hsplit", T(), 2), ErrorCase("vsplit", T(4), 2), ErrorCase("dsplit", T(2, 3), 2), ErrorCase("vsplit", T(3, 2), 2),
    ErrorCase("flip", X, (0, 0)), ErrorCase("flip", X, (3,)), ErrorCase("flip", X, 0), ErrorCase("fliplr", T(3)), ErrorCase("flipud", T()), ErrorCase("roll", X, (1, 2)),
    ErrorCase("roll", X, (1, 2), 0), ErrorCase("roll", X, 1, 3), ErrorCase("roll", X, ()), ErrorCase("rot90", X, 1, (0, 0)), ErrorCase("rot90", X, 1, (0,)),
    ErrorCase("rot90", T(3)), ErrorCase("repeat", X, 2, method=True), ErrorCase("repeat", X, -1, 1, 1, method=True),
    ErrorCase("repeat_interleave", T(3), T(values=[1, 2], dtype="int64"), 0), ErrorCase("repeat_interleave", T(3), -1),
    ErrorCase("repeat_interleave", T(3), T(3), 0), ErrorCase("diag", X), ErrorCase("diag", T()), ErrorCase("diag_embed", X, 0, 0, 0), ErrorCase("tril", T(3)), ErrorCase("triu", T()),
    ErrorCase("cat", []), ErrorCase("cat", [T(2), T(2, 2)]), ErrorCase("cat", [T(2, 3), T(2, 2)]), ErrorCase("cat", [T(), T()]), ErrorCase("cat", X), ErrorCase("cat", [T(2), 3]),
    ErrorCase("cat", [T(2, 3), T(2, 3)], 2), ErrorCase("cat"), ErrorCase("cat", [X], dim="a"), ErrorCase("stack", []), ErrorCase("stack", [T(2), T(3)]), ErrorCase("stack", X),
    ErrorCase("stack", [T(2), T(2)], 3), ErrorCase("stack", [T(2), 1]), ErrorCase("hstack", []), ErrorCase("vstack", [T(2), T(3)]), ErrorCase("dstack", []), ErrorCase("column_stack", []),
    ErrorCase("select_scatter", X, T(3), 0, 0), ErrorCase("select_scatter", X, T(3, 4), 0, 5), ErrorCase("slice_scatter", X, T(3, 4)), ErrorCase("diagonal_scatter", T(3, 3), T(2)),
    ErrorCase("view_as_real", X), ErrorCase("view_as_complex", X), ErrorCase("view_as_complex", T(2, dtype="int64")), ErrorCase("imag", X),
    ErrorCase("resize_", T(2, grad=False), -1, method=True), ErrorCase("resize_", T(2, grad=False), "a", method=True), ErrorCase("expand_as", X, 3, method=True),
]  # fmt: skip


@pytest.mark.parametrize("check", checks([*VIEWS, *COPIES, *MISTAKES]))
def test_table(check):
    check()


# ---------------------------------------------------------------------------------------------- memory
MEMORY = """
x = torch.arange(6.); y = x.view(2, 3); y[0, 0] = 9; print(x, y._base is x)
x = torch.arange(6.); y = x.reshape(2, 3); y.t()[1, 0] = 9; print(x)
x = torch.arange(6.).view(2, 3); y = x.t().reshape(-1); y[0] = 9; print(x, y)
x = torch.arange(6); a, b = x.split(3); a += 10; b.zero_(); print(x)
x = torch.zeros(2, 3); torch.stack([x, x])[0, 0, 0] = 5; print(x)
x = torch.zeros(3); x.expand(2, 3)[0, 1] = 5; print(x)
x = torch.zeros(3); y = x.expand(2, 3); print(y.stride(), y.is_contiguous(), y.untyped_storage().nbytes())
x = torch.arange(12); print(x[3:].storage_offset(), x[3:].untyped_storage().nbytes(), x[::2].stride(), len(x.untyped_storage()))
x = torch.arange(4.); y = x.data; y[0] = 7; print(x, x._version)
x = torch.arange(6.).view(2, 3); print(x.t().contiguous().is_contiguous(), x.contiguous().data_ptr() == x.data_ptr())
x = torch.arange(5.); x.resize_(2); print(x, x.resize_(5))
x = torch.arange(5.); x.resize_(2, 2); print(x, x.stride())
x = torch.arange(6.).view(2, 3); x.t_(); print(x, x.stride(), x._version)
x = torch.arange(6.).view(2, 3); x.unsqueeze_(0).squeeze_(0).transpose_(0, 1); print(x.shape, x._version)
x = torch.zeros(2); x.set_(torch.ones(3)); print(x)
x = torch.zeros(2); y = torch.arange(4.); x.set_(y.untyped_storage(), 1, (2,), (2,)); y[3] = 8; print(x)
x = torch.zeros(2, 3); print(x.is_set_to(x.view(2, 3)), x.is_set_to(x.clone()), x[0].is_set_to(x[1]))
x = torch.arange(4.); s = x.untyped_storage(); s[0] = 1; print(s.device, s.data_ptr() == x.data_ptr(), x[0].item() > 0)
c = torch.tensor([1 + 2j, 3 - 4j]); c.real[0] = 9; torch.view_as_real(c)[1, 1] = 7; print(c, c.imag)
x = torch.arange(4.); torch.view_as_complex(x.view(2, 2))[0] = 5j; print(x)
x = torch.arange(3, dtype=torch.int32); x.view(torch.float32)[0] = 1.0; print(x)
x = torch.arange(10.).unfold(0, 4, 3); print(x, x.stride()); x[0, 0] = 9; print(x)
x = torch.eye(3); x.diagonal().fill_(5); x.diagonal(1).zero_(); print(x)
x = torch.arange(6.).view(2, 3); print(x.movedim(0, 1).storage_offset(), x[:, 1].storage_offset(), x[1:].T.stride())
print(torch.empty_strided((2, 3), (1, 2)).stride(), torch.zeros(2, 3, 4).permute(2, 0, 1).clone().stride())
print(torch.zeros(3, 4).t().clone(memory_format=torch.contiguous_format).stride(), torch.zeros(4).expand(3, 4).clone().stride())
""".strip().splitlines()


@pytest.mark.parametrize("form", MEMORY)
def test_memory(form):
    compare_form(form)


GRAPHS = """
x = torch.ones(4, requires_grad=True); y = (x * 2).split(2)[1]; y.add_(1)
x = torch.ones(4, 2, requires_grad=True); y = x.unbind()[1]; print(y.grad_fn, y.output_nr, y.grad_fn.next_functions)
x = torch.ones(4, 2, requires_grad=True); y = (x * 1).unbind()[1]; y[0].mul_(2)
x = torch.ones(4, requires_grad=True) * 1; y = x.tensor_split(2)[1]; y.add_(1); print(x, y)
x = torch.ones(2, 3, requires_grad=True); a, b = x; (a * 2 + b * 3).sum().backward(); print(x.grad)
x = torch.ones(2, 3, requires_grad=True); sum(r.sum() * i for i, r in enumerate(x)).backward(); print(x.grad)
x = torch.ones(2, requires_grad=True); print(torch.cat([x, x.double()]).grad_fn.next_functions)
x = torch.ones(2, requires_grad=True); print(torch.vstack([x, torch.ones(2)]).grad_fn.next_functions)
x = torch.ones(2, requires_grad=True); print(torch.column_stack([x, torch.ones(2)]).grad_fn.next_functions)
x = torch.ones(2, 3, requires_grad=True); print(x.T.grad_fn, x.mT.grad_fn, x.H.grad_fn)
x = torch.ones(2, 3, requires_grad=True); y = x * 1; y.t_(); y.sum().backward(); print(y, x.grad)
x = torch.ones(2, 3, requires_grad=True); x.t_()
x = torch.ones(2, 3, requires_grad=True); x.resize_(2)
x = torch.ones(2, 3, requires_grad=True); y = x * 1; y.squeeze_(0); y.unsqueeze_(1); print(y.grad_fn)
x = torch.ones(2, 3); y = x.view(3, 2); y.requires_grad_(); y.unsqueeze_(0)
""".strip().splitlines()


@pytest.mark.parametrize("form", GRAPHS)
def test_graph(form):
    compare_form(form)


# ---------------------------------------------------------------------------------------------- any chain of views
@st.composite
def chains(draw):
    """A shape and a chain of view operations on it, as code."""
    shape = draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    steps, n = [], len(shape)
    for _ in range(draw(st.integers(1, 5))):
        kinds = ["unsqueeze", "reshape"] + (["transpose", "flip", "narrow", "select", "unfold", "expand"] if n else [])
        kind = draw(st.sampled_from(kinds))
        d = draw(st.integers(0, max(n - 1, 0)))
        if kind == "transpose":
            steps.append(f".transpose({d}, {draw(st.integers(0, n - 1))})")
        elif kind == "flip":
            steps.append(f".flip({d})")
        elif kind == "narrow":
            steps.append(f".narrow({d}, 0, 1)" if draw(st.booleans()) else f"[{':, ' * d}::2]")
        elif kind == "select":
            steps.append(f".select({d}, -1)")
            n -= 1
        elif kind == "unfold":
            steps.append(f".unfold({d}, 1, 1)")
            n += 1
        elif kind == "expand":
            steps.append(f"[None].expand(2, {', '.join(['-1'] * n)})")
            n += 1
        elif kind == "unsqueeze":
            steps.append(f".unsqueeze({d})")
            n += 1
        else:
            steps.append(".reshape(-1)")
            n = 1
    return shape, "".join(steps)


@settings(max_examples=150, deadline=None)
@given(chains())
def test_chains(case):
    shape, steps = case
    code = f"lambda m, x: x{steps}"
    run = eval(code)

    def both(m):
        n = 1
        for s in shape:
            n *= s
        x = m.arange(float(n)).reshape(shape).requires_grad_()
        y = run(m, x)
        weights = m.arange(1.0, y.numel() + 1).reshape(y.shape)
        (y * weights).sum().backward()
        return y, y.storage_offset(), y.is_contiguous(), x.grad, type(y.grad_fn).__name__

    compare(both)
