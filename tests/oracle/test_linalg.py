"""Products of matrices and vectors are torch's. (Factorizations: test_decomposition.)"""

from __future__ import annotations

import pytest
from oracle.harness import ErrorCase, OpCase, S, T, checks

SHAPES = [
    ((3,), (3,)), ((2, 3), (3,)), ((2, 3), (3, 4)), ((5, 2, 3), (3, 4)), ((5, 2, 3), (3,)), ((5, 2, 3), (5, 3, 4)),
    ((5, 2, 3), (1, 3, 4)), ((6, 5, 2, 3), (5, 3, 4)), ((6, 5, 2, 3), (3, 4)), ((2, 3), (5, 3, 4)), ((3,), (5, 3, 4)),
    ((6, 5, 2, 3), (3,)), ((2, 3), (6, 5, 3, 4)), ((6, 1, 2, 3), (5, 3, 4)), ((0, 3), (3, 4)), ((2, 0), (0, 4)), ((5, 0, 3), (3, 4)),
]  # fmt: skip
DTYPES = ("float32", "float64", "complex64", "int64", "int32", "uint8", "float16", "bfloat16")


def pairs(*shapes, types=DTYPES):
    calls = [S(T(*a), T(*b, seed=1)) for a, b in shapes]
    a, b = shapes[-1] if len(shapes) == 1 else shapes[0]
    calls += [S(T(*a, dtype=d), T(*b, dtype=d, seed=1)) for d in types]
    return calls + [S(T(*a, layout=layout), T(*b, layout=layout, seed=1)) for layout in ("sliced", "offset")]


PRODUCTS = [
    OpCase("matmul", [S(T(*a), T(*b, seed=1)) for a, b in SHAPES if len(b) > 1], rtol=5e-6),
    OpCase("matmul", [S(T(*a), T(*b, seed=1)) for a, b in SHAPES if len(b) == 1], rtol=5e-6, skip=("out",)),  # other texts
    OpCase("matmul", [S(T(2, 3, dtype=d), T(3, 4, dtype=d, seed=1)) for d in DTYPES], rtol=5e-6),
    OpCase("matmul", [S(T(2, 3, layout=p), T(3, 4, layout=q)) for p in ("transposed", "sliced", "expanded") for q in ("contiguous", "transposed")], rtol=5e-6),
    OpCase("matmul", [S(T(3), T(3, 2)), S(T(1, 2, 3), T(5, 3, 4))], rtol=5e-6, skip=("grad_fn", "out")),  # other nodes, equal values
    OpCase("inner", [S(T(), T(2, 3))], skip=("out",)),
    OpCase("mm", pairs(((2, 3), (3, 4))), rtol=5e-6),
    OpCase("mv", pairs(((2, 3), (3,)), types=DTYPES[:5]), rtol=5e-6),
    OpCase("dot", pairs(((3,), (3,)), types=DTYPES[:5]), rtol=5e-6),
    OpCase("vdot", pairs(((3,), (3,)), types=DTYPES[:3]), rtol=5e-6),
    OpCase("outer", pairs(((3,), (4,)))),
    OpCase("inner", [S(T(2, 3), T(4, 3)), S(T(2, 3), T(3)), S(T(2, 2, 3), T(4, 3))], rtol=5e-6),
    OpCase("inner", [S(T(3), T(3))], rtol=5e-6, skip=("grad_fn",)),
    OpCase("bmm", pairs(((5, 2, 3), (5, 3, 4)), types=DTYPES[:5]), rtol=5e-6),
    OpCase("addmm", [S(T(4), T(2, 3), T(3, 4)), S(T(2, 4), T(2, 3), T(3, 4), beta=0.5, alpha=2), S(T(2, 1), T(2, 3), T(3, 4), beta=0), S(T(2, 4, dtype="int64"), T(2, 3, dtype="int64"), T(3, 4, dtype="int64"), beta=2)], rtol=5e-6),
    OpCase("addmv", [S(T(2), T(2, 3), T(3)), S(T(2), T(2, 3), T(3), beta=0.5, alpha=2), S(T(1), T(2, 3), T(3))], rtol=5e-6),
    OpCase("addr", [S(T(2, 3), T(2), T(3)), S(T(2, 3), T(2), T(3), beta=0.5, alpha=2)], rtol=5e-6),
    OpCase("addbmm", [S(T(2, 4), T(5, 2, 3), T(5, 3, 4)), S(T(2, 4), T(5, 2, 3), T(5, 3, 4), beta=0.5, alpha=2)], rtol=5e-6),
    OpCase("baddbmm", [S(T(2, 4), T(5, 2, 3), T(5, 3, 4)), S(T(5, 2, 4), T(5, 2, 3), T(5, 3, 4), beta=0.5, alpha=2)], rtol=5e-6),
    OpCase("tensordot", [
        S(T(2, 3, 4), T(4, 3, 5), ([1, 2], [1, 0])), S(T(2, 3, 4), T(3, 4, 5)), S(T(2, 3), T(3, 4), 1), S(T(2, 3), T(4), 0),
        S(T(2, 3, 4), T(4, 3, 5), dims=([-1], [0])),
    ], rtol=5e-6, skip=("shares", "grad_fn")),  # torch's reshapes name themselves after what they found in memory
]  # fmt: skip

EQUATIONS = [
    ("ij,jk->ik", (2, 3), (3, 4)), ("ii", (3, 3)), ("ii->i", (3, 3)), ("ij->ji", (2, 3)), ("ij->", (2, 3)), ("ij->j", (2, 3)),
    ("bij,bjk->bik", (2, 3, 4), (2, 4, 3)), ("i,j->ij", (3,), (4,)), ("i,i->", (3,), (3,)), ("i,i->i", (3,), (3,)),
    ("...ij->...ji", (2, 3, 4)), ("...ij,...jk->...ik", (2, 3, 4), (2, 4, 5)), ("bi,oij,bj->bo", (2, 3), (5, 3, 4), (2, 4)),
    ("ij,jk", (2, 3), (3, 4)), ("bhqd,bhkd->bhqk", (2, 2, 3, 4), (2, 2, 5, 4)), ("ij,ij->ij", (2, 3), (2, 3)), ("ij,j->i", (2, 3), (3,)),
    ("ijk,ilm,njm,nlk,abc->", (2, 2, 2), (2, 2, 2), (2, 2, 2), (2, 2, 2), (2, 2, 2)), ("i j , j k -> i k", (2, 3), (3, 4)),
    ("...a,...b->...ab", (2, 3), (2, 4)), ("ba,b->a", (1, 3), (2,)), ("aij,bjk->abik", (2, 3, 4), (3, 4, 2)), ("...->...", (2, 3)),
]  # fmt: skip
EINSUM = [
    OpCase("einsum", [S(equation, *(T(*shape, seed=i) for i, shape in enumerate(shapes))) for equation, *shapes in EQUATIONS],
           rtol=2e-5, skip=("shares", "strides", "grad_fn")),  # the order of multiplying decides over views and nodes
    *(ErrorCase("einsum", equation, *(T(*shape) for shape in shapes)) for equation, *shapes in (
        ("ij,jk->ik", (2, 3), (4, 4)), ("ij,jk->ik", (2, 3)), ("ij", (2, 3, 4)), ("ij->ijk", (2, 3)), ("ij->ii", (2, 3)), ("i1->i", (2, 3)),
        ("ij", (2, 3), (2, 3)), ("ijk...->i", (2, 3)),
    )),
]  # fmt: skip

ERRORS = [
    *(ErrorCase("matmul", T(*a), T(*b)) for a, b in (
        ((2, 3), (4, 5)), ((3,), (4,)), ((2, 3), (4,)), ((3,), (4, 5)), ((5, 2, 3), (5, 4, 3)), ((5, 2, 3), (4, 3, 3)),
        ((6, 5, 2, 3), (4, 3, 3)), ((5, 2, 3), (4, 3)), ((5, 2, 3), (4,)), ((), (2, 3)),
    )),
    *(ErrorCase("matmul", T(*a), T(*b, dtype=d)) for a, b, d in (
        ((2, 3), (3, 4), "float64"), ((2, 3), (3, 4), "int64"), ((2, 3), (3,), "int64"), ((3,), (3,), "int64"), ((5, 2, 3), (5, 3, 2), "int64"),
    )),
    ErrorCase("matmul", T(2, 3), 3),
    ErrorCase("mm", T(2, 3, dtype="bool"), T(3, 3, dtype="bool")),
    ErrorCase("mm", T(2, 3, 4), T(3, 4)),
    ErrorCase("mm", T(2, 3), T(3)),
    ErrorCase("mm", T(2, 3), T(4, 3)),
    ErrorCase("bmm", T(2, 3), T(3, 4)),
    ErrorCase("bmm", T(2, 2, 3), T(3, 4)),
    ErrorCase("bmm", T(2, 2, 3), T(2, 4, 4)),
    ErrorCase("bmm", T(2, 2, 3), T(3, 3, 4)),
    ErrorCase("mv", T(2, 3), T(4)),
    ErrorCase("mv", T(2, 3), T(4, 3)),
    ErrorCase("dot", T(2), T(3)),
    ErrorCase("dot", T(2, 2), T(3)),
    ErrorCase("dot", T(2), T(2, dtype="int64")),
    ErrorCase("outer", T(2, 2), T(3)),
    ErrorCase("inner", T(2, 2), T(3)),
    ErrorCase("addmm", T(3), T(2, 3), T(3, 4)),
    ErrorCase("addmm", T(4), T(2, 3), T(4, 4)),
    ErrorCase("tensordot", T(2, 3), T(2, 3), 1),
    ErrorCase("tensordot", T(2, 3), T(2, 3), ([0], [1])),
    ErrorCase("tensordot", T(2, 3), T(2, 3), 5),
]  # fmt: skip


@pytest.mark.parametrize("check", checks(PRODUCTS))
def test_products(check):
    check()


@pytest.mark.parametrize("check", checks(EINSUM))
def test_einsum(check):
    check()


@pytest.mark.parametrize("check", checks(ERRORS))
def test_errors(check):
    check()
