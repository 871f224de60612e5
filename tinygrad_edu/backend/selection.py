"""Which of several equal elements do ``sort``, ``topk``, ``mode`` or ``kthvalue`` put first? Whichever torch's algorithm reaches.

torch sorts and selects with C++'s ``nth_element``, ``partial_sort`` and ``sort`` (libstdc++'s on Linux) and, for ``kthvalue``,
with a quickselect of its own; none keeps equal elements in order. These are the same algorithms step by step: slow, and so
run only for rows where equal elements meet.

They go through whole numbers made of an element's rank and, in the lowest bits (``mask``), of its position: ``x | mask < y`` asks
whether the element of x belongs before that of y, and is no for equal ones.
"""

from __future__ import annotations

from typing import Any

import numpy

SHORT = 16  # libstdc++ sorts so few by insertion, which keeps equal ones in order


def _coded(row: numpy.ndarray, descending: bool) -> tuple[list[int], int]:
    """The row's elements as whole numbers, and the mask of their positions; NaN ranks above all numbers."""
    ranks = numpy.unique(row, return_inverse=True)[1].reshape(-1)
    ranks = ranks.max(initial=0) - ranks if descending else ranks
    bits = len(row).bit_length()
    return (ranks << bits | numpy.arange(len(row))).tolist(), (1 << bits) - 1


def _median_to_first(a: list[int], at: int, i: int, j: int, m: int, mask: int) -> None:
    if a[i] | mask < a[j]:
        best = j if a[j] | mask < a[m] else m if a[i] | mask < a[m] else i
    else:
        best = i if a[i] | mask < a[m] else m if a[j] | mask < a[m] else j
    a[at], a[best] = a[best], a[at]


def _partition(a: list[int], first: int, last: int, mask: int) -> int:
    """Pivot of three to the front, then everything before it to the left."""
    _median_to_first(a, first, first + 1, first + (last - first) // 2, last - 1, mask)
    lowest, highest, i, j = a[first] & ~mask, a[first] | mask, first + 1, last
    while True:
        while a[i] < lowest:
            i += 1
        j -= 1
        while a[j] > highest:
            j -= 1
        if i >= j:
            return i
        a[i], a[j] = a[j], a[i]
        i += 1


def _insert(a: list[int], first: int, last: int, mask: int) -> None:
    """Insertion sort. (libstdc++ moves a new first element there at once, which comes to the same.)"""
    for i in range(first + 1, last):
        item, j = a[i], i
        highest = item | mask
        while j > first and highest < a[j - 1]:
            a[j] = a[j - 1]
            j -= 1
        a[j] = item


def _sift(a: list[int], first: int, hole: int, size: int, item: int, mask: int) -> None:
    """libstdc++'s __adjust_heap: the hole goes all the way down, then the item climbs back up."""
    top = hole
    child = hole
    while child < (size - 1) // 2:
        child = 2 * (child + 1)
        if a[first + child] | mask < a[first + child - 1]:
            child -= 1
        a[first + hole] = a[first + child]
        hole = child
    if size % 2 == 0 and child == (size - 2) // 2:
        child = 2 * (child + 1)
        a[first + hole] = a[first + child - 1]
        hole = child - 1
    parent = (hole - 1) // 2
    while hole > top and a[first + parent] | mask < item:
        a[first + hole] = a[first + parent]
        hole = parent
        parent = (hole - 1) // 2
    a[first + hole] = item


def _heap_select(a: list[int], first: int, middle: int, last: int, mask: int) -> None:
    size = middle - first
    for parent in range((size - 2) // 2, -1, -1):
        _sift(a, first, parent, size, a[first + parent], mask)
    for i in range(middle, last):
        if a[i] | mask < a[first]:
            item, a[i] = a[i], a[first]
            _sift(a, first, 0, size, item, mask)


def _partial_sort(a: list[int], first: int, middle: int, last: int, mask: int) -> None:
    _heap_select(a, first, middle, last, mask)
    for end in range(middle - 1, first, -1):
        item, a[end] = a[end], a[first]
        _sift(a, first, 0, end - first, item, mask)


def _nth_element(a: list[int], nth: int, mask: int) -> None:
    """Bring the element that belongs to place ``nth`` there, none that belongs after it before it."""
    first, last = 0, len(a)
    if nth >= last:
        return
    depth = 2 * (last.bit_length() - 1)
    while last - first > 3:
        if depth == 0:
            _heap_select(a, first, nth + 1, last, mask)
            a[first], a[nth] = a[nth], a[first]
            return
        depth -= 1
        cut = _partition(a, first, last, mask)
        if cut <= nth:
            first = cut
        else:
            last = cut
    _insert(a, first, last, mask)


def _sort(a: list[int], last: int, mask: int) -> None:
    """Sort the first ``last`` elements as ``std::sort`` does."""
    stack = [(0, last, 2 * (last.bit_length() - 1))]
    while stack:
        low, high, depth = stack.pop()
        while high - low > SHORT:
            if depth == 0:
                _partial_sort(a, low, high, high, mask)
                break
            depth -= 1
            cut = _partition(a, low, high, mask)
            stack.append((cut, high, depth))
            high = cut
    _insert(a, 0, last, mask)


def _quick_select(a: list[int], k: int, mask: int) -> None:
    """torch's quickselect: the element that belongs to place ``k`` to that place."""
    low, high = 0, len(a) - 1

    def swap(i: int, j: int) -> None:
        a[i], a[j] = a[j], a[i]

    def order(i: int, j: int) -> None:
        if a[j] | mask < a[i]:
            swap(i, j)

    while high > low:
        if high == low + 1:
            order(low, high)
            return
        swap(low + (high - low) // 2, low + 1)
        order(low + 1, high)
        order(low, high)
        order(low + 1, low)
        lowest, highest, i, j = a[low] & ~mask, a[low] | mask, low + 1, high
        while True:
            i += 1
            while a[i] < lowest:
                i += 1
            j -= 1
            while a[j] > highest:
                j -= 1
            if j < i:
                break
            swap(i, j)
        swap(low, j)
        if j <= k:
            low = i
        if j >= k:
            high = j - 1


def order(row: numpy.ndarray, descending: bool) -> Any:
    """The positions that sort the row, as ``sort`` without ``stable=True`` gives them."""
    a, mask = _coded(row, descending)
    _sort(a, len(a), mask)
    return numpy.array(a, numpy.int64) & mask


def topk(row: numpy.ndarray, k: int, largest: bool, in_order: bool = True) -> Any:
    """The positions of the ``k`` largest (smallest) elements, in order or as the selection leaves them."""
    a, mask = _coded(row, largest)
    if k * 64 <= len(a):
        _partial_sort(a, 0, k, len(a), mask)
    else:
        _nth_element(a, k - 1, mask)
        if in_order:
            _sort(a, k - 1, mask)
    return numpy.array(a[:k], numpy.int64) & mask


def mode(row: numpy.ndarray) -> Any:
    """The position that ``mode`` names: the last, in the sorted row, of the first longest run of equal elements."""
    places = order(row, False)
    values = row[places]
    ends = numpy.flatnonzero(numpy.append(values[1:] != values[:-1], True))
    return places[ends[numpy.argmax(numpy.diff(ends, prepend=-1))]]


def kthvalue(row: numpy.ndarray, place: int) -> Any:
    """The position of the element that belongs to ``place``, as ``kthvalue`` finds it."""
    a, mask = _coded(row, False)
    _quick_select(a, place, mask)
    return a[place] & mask
