"""Einstein's summation and products over chosen dimensions, by way of one batched matrix product."""

from __future__ import annotations

from math import prod
from typing import Any

from ..autograd.variable import Variable
from ._check import check_tensor
from .linalg import bmm, mm
from .registry import public
from .view import wrap_dim


@public("function", out=True)
def tensordot(a: Any, b: Any, dims: Any = 2) -> Any:
    """Sum of products over dimensions of both: the last ``dims`` of a with the first of b, or the two lists given.

    >>> import tinygrad_edu as tg
    >>> tg.tensordot(tg.ones(2, 3, 4), tg.ones(4, 3, 5), dims=([1, 2], [1, 0])).shape
    tinygrad_edu.Size([2, 5])
    """
    x, y = a._data.shape, b._data.shape
    if isinstance(dims, Variable) and dims._data.size > 1:
        dims = dims.tolist()  # type: ignore[attr-defined]
    if isinstance(dims, (tuple, list)):
        p, q = ([d] if isinstance(d, int) else list(d) for d in dims)
    else:
        if not isinstance(dims, (int, Variable)):
            raise RuntimeError(
                "tensordot expects dims to be int or tuple[list[int], list[int]] or list[list[int]] containing two lists, but got "
                f"dims={dims}"
            )
        n = int(dims)  # type: ignore[arg-type]
        if n < 0:
            raise RuntimeError(f"tensordot expects dims >= 0, but got dims={n}")
        if n > min(len(x), len(y)):
            raise RuntimeError(f"tensordot expects dims < ndim_a or ndim_b, but got dims={n}")
        p, q = list(range(-n, 0)), list(range(n))
    if len(p) != len(q):
        raise RuntimeError("both dimension lists should have same length")
    if a._data.dtype != b._data.dtype:
        raise RuntimeError("both inputs should have same dtype")
    for i, j in zip(p, q):
        s, t = x[wrap_dim(i, len(x))], y[wrap_dim(j, len(y))]
        if s == 1:
            b = b.sum(j, keepdim=True, dtype=b.dtype)
        elif t == 1:
            a = a.sum(i, keepdim=True, dtype=a.dtype)
        elif s != t:
            raise RuntimeError(
                f"contracted dimensions need to match, but first has size {s} in dim {i} and second has size {t} in dim {j}"
            )
    x, y = a._data.shape, b._data.shape
    p, q = [wrap_dim(d, len(x)) for d in p], [wrap_dim(d, len(y)) for d in q]
    free_a = [d for d in range(len(x)) if d not in p]
    free_b = [d for d in range(len(y)) if d not in q]
    shape = [x[d] for d in free_a] + [y[d] for d in free_b]
    middle = prod(x[d] for d in p)
    left = a.permute((*free_a, *p)).reshape(prod(x[d] for d in free_a), middle)
    right = b.permute((*q, *free_b)).reshape(middle, prod(y[d] for d in free_b))
    return mm(left, right).view(shape)


# ------------------------------------------------------------------------------------ einsum
@public("function")
def einsum(*args: Any) -> Any:
    """Einstein's notation: name the dimensions, repeat a name to multiply along it, leave it out on the right to sum.

    ``einsum("ij,jk->ik", a, b)`` is the matrix product, ``"ii"`` the trace, ``"bij,bjk->bik"`` a batch of products,
    ``"...ij->...ji"`` a transpose under any leading dimensions.

    >>> import tinygrad_edu as tg
    >>> tg.einsum("ij,j->i", tg.tensor([[1., 2.], [3., 4.]]), tg.tensor([1., 10.]))
    tensor([21., 43.])
    """
    equation, operands = _arguments(args)
    left, arrow, right = equation.partition("->")
    terms = _terms(left, operands)
    sizes = _sizes(terms, operands)
    dots = max((term.count(".") for term in terms), default=0)  # how many dimensions an ellipsis stands for at most
    ellipsis = [f".{i}" for i in range(dots)]
    operands, named = _plain(terms, operands, ellipsis)
    names = [name for term in named for name in term]
    if arrow:
        output = _output(right, ellipsis, names)
    else:
        output = ellipsis + sorted(n for n in set(names) if n[0] != "." and left.count(n) == 1)
    return _contract(operands, named, output, sizes)


def _arguments(args: tuple[Any, ...]) -> tuple[str, list[Any]]:
    if not args:
        raise ValueError(
            "einsum(): must specify the equation string and at least one operand, or at least one operand and its "
            "subscripts list"
        )
    first, *rest = args
    if isinstance(first, str):
        if len(rest) == 1 and isinstance(rest[0], (tuple, list)):
            rest = list(rest[0])
        if not rest:
            raise ValueError(
                "einsum(): must specify the equation string and at least one operand, or at least one operand and its "
                "subscripts list"
            )
        for i, t in enumerate(rest):
            check_tensor("einsum", "tensors", 2 + i, t)
        return first, rest
    if not isinstance(first, Variable):
        raise TypeError(f"einsum(): argument 'equation' (position 1) must be str, not {type(first).__name__}")
    # operand, subscripts, operand, subscripts, …, [output subscripts]
    texts = []
    operands = [*args[0 : 2 * (len(args) // 2) : 2]]
    for subscripts in args[1::2]:
        texts.append(_letters(subscripts))
    output = f"->{_letters(args[-1])}" if len(args) % 2 else ""
    return ",".join(texts) + output, operands


def _letters(subscripts: Any) -> str:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    for s in subscripts:
        if s is not Ellipsis and not 0 <= s < 52:
            raise ValueError(f"einsum(): subscript {s} is not within the valid range [0, 52)")
    return "".join("..." if s is Ellipsis else letters[s] for s in subscripts)


def _check_letter(c: str, at: int) -> None:
    if not (c.isascii() and c.isalpha()):
        raise RuntimeError(
            f"einsum(): invalid subscript given at index {at} in the equation string, subscripts must be in [a-zA-Z]"
        )


def _terms(left: str, operands: list[Any]) -> list[list[str]]:
    """One list of names an operand; an ellipsis becomes "." for each dimension that it stands for."""
    parts: list[list[str]] = [[]]
    at = 0
    while at < len(left):
        c = left[at]
        if c == ",":
            parts.append([])
            if len(parts) > len(operands):
                raise RuntimeError("einsum(): fewer operands were provided than specified in the equation")
        elif c == ".":
            if left[at : at + 3] != "...":
                raise RuntimeError(f"einsum(): found '.' for operand {len(parts) - 1} that is not part of any ellipsis")
            if "..." in parts[-1]:
                raise RuntimeError(
                    f"einsum(): found '.' for operand {len(parts) - 1} for which an ellipsis was already found"
                )
            parts[-1].append("...")
            at += 2
        elif c != " ":
            _check_letter(c, at)
            parts[-1].append(c)
        at += 1
    if len(parts) < len(operands):
        raise RuntimeError("einsum(): more operands were provided than specified in the equation")
    terms = []
    for i, (part, t) in enumerate(zip(parts, operands)):
        n = t._data.ndim
        if "..." in part:
            given = len(part) - 1
            if given > n:
                raise RuntimeError(
                    f"einsum(): the number of subscripts in the equation ({given}) is more than the number of dimensions "
                    f"({n}) for operand {i}"
                )
            where = part.index("...")
            part = [*part[:where], *["."] * (n - given), *part[where + 1 :]]
        elif len(part) != n:
            raise RuntimeError(
                f"einsum(): the number of subscripts in the equation ({len(part)}) does not match the number of dimensions "
                f"({n}) for operand {i} and no ellipsis was given"
            )
        terms.append(part)
    return terms


def _sizes(terms: list[list[str]], operands: list[Any]) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for i, (term, t) in enumerate(zip(terms, operands)):
        for name, n in zip(term, t._data.shape):
            if name == ".":
                continue
            have = sizes.get(name, 1)
            if have not in (1, n) and n != 1:
                repeated = term.count(name) > 1
                text = (
                    f"einsum(): subscript {name} is repeated for operand {i} but the sizes don't match, {n} != {have}"
                    if repeated and i == 0
                    else f"einsum(): subscript {name} has size {n} for operand {i} which does not broadcast with previously "
                    f"seen size {have}"
                )
                raise RuntimeError(text)
            sizes[name] = max(have, n) if n else 0
    return sizes


def _plain(terms: list[list[str]], operands: list[Any], ellipsis: list[str]) -> tuple[list[Any], list[list[str]]]:
    """Take diagonals where a name repeats within one operand, and number the ellipsis dimensions from the right."""
    ready, named = [], []
    for term, t in zip(terms, operands):
        dots = term.count(".")
        numbers = iter(ellipsis[len(ellipsis) - dots :] if dots else [])
        term = [next(numbers) if name == "." else name for name in term]
        for name in dict.fromkeys(term):
            while term.count(name) > 1:
                i = term.index(name)
                j = term.index(name, i + 1)
                t = t.diagonal(0, i, j)  # the diagonal becomes the last dimension
                term = [n for at, n in enumerate(term) if at not in (i, j)] + [name]
        ready.append(t)
        named.append(term)
    return ready, named


def _output(right: str, ellipsis: list[str], names: list[str]) -> list[str]:
    output: list[str] = []
    at = 0
    while at < len(right):
        c = right[at]
        if c == ".":
            if right[at : at + 3] != "...":
                raise RuntimeError("einsum(): found '.' for output but an ellipsis (...) was already found")
            output += ellipsis
            at += 2
        elif c != " ":
            _check_letter(c, at)
            if c in output:
                raise RuntimeError(f"einsum(): output subscript {c} appears more than once in the output")
            if c not in names:
                raise RuntimeError(
                    f"einsum(): output subscript {c} does not appear in the equation for any input operand"
                )
            output.append(c)
        at += 1
    return output


def _contract(operands: list[Any], named: list[list[str]], output: list[str], sizes: dict[str, int]) -> Any:
    """Multiply the operands from left to right, summing each name at the last operand that has it."""
    left, have = operands[0], named[0]
    for i in range(1, len(operands)):
        later = {name for term in named[i + 1 :] for name in term} | set(output)
        left, have = _pair(left, have, operands[i], named[i], later)
    gone = [d for d, name in enumerate(have) if name not in output]
    if gone:
        left = left.sum(gone)
        have = [name for name in have if name in output]
    missing = [name for name in output if name not in have]  # an ellipsis of size-1 dimensions
    for name in missing:
        left, have = left.unsqueeze(0), [name, *have]
    order = [have.index(name) for name in output]
    return left.permute(order) if order != list(range(len(order))) or len(operands) == 1 else left


def _pair(x: Any, p: list[str], y: Any, q: list[str], later: set[str]) -> tuple[Any, list[str]]:
    """The product of two operands, summed over the names that nobody needs later."""
    for name in [n for n in p if n not in q and n not in later]:
        x = x.sum(p.index(name))
        p = [n for n in p if n != name]
    for name in [n for n in q if n not in p and n not in later]:
        y = y.sum(q.index(name))
        q = [n for n in q if n != name]
    # a size-1 dimension stretches: on the side where it is 1 it takes no part
    for name in [n for n in p if n in q]:
        s, t = x._data.shape[p.index(name)], y._data.shape[q.index(name)]
        if s == t:
            continue
        if s == 1:
            x, p = x.squeeze(p.index(name)), [n for n in p if n != name]
            if name not in later:
                y, q = y.sum(q.index(name)), [n for n in q if n != name]
        else:
            y, q = y.squeeze(q.index(name)), [n for n in q if n != name]
            if name not in later:
                x, p = x.sum(p.index(name)), [n for n in p if n != name]
    batch = [n for n in p if n in q and n in later]
    summed = [n for n in p if n in q and n not in later]
    rows, columns = [n for n in p if n not in q], [n for n in q if n not in p]
    if not summed:
        names = batch + rows + columns
        return _aligned(x, p, names) * _aligned(y, q, names), names
    size = dict([*zip(q, y._data.shape), *zip(p, x._data.shape)])
    count = {k: prod(size[n] for n in group) for k, group in (("b", batch), ("r", rows), ("s", summed), ("c", columns))}
    left = x.permute([p.index(n) for n in batch + rows + summed]).reshape(count["b"], count["r"], count["s"])
    right = y.permute([q.index(n) for n in batch + summed + columns]).reshape(count["b"], count["s"], count["c"])
    return bmm(left, right).view([size[n] for n in batch + rows + columns]), batch + rows + columns


def _aligned(x: Any, have: list[str], names: list[str]) -> Any:
    """``x`` with its dimensions in the order of ``names`` and size 1 where it has none of that name."""
    for name in names:
        if name not in have:
            x, have = x.unsqueeze(-1), [*have, name]
    return x.permute([have.index(name) for name in names])
