"""Which of several equal elements does ``topk`` or ``kthvalue`` pick? Whichever torch's algorithm happens to reach.

torch selects with C++'s ``nth_element``, ``partial_sort`` and ``sort`` (libstdc++'s on Linux) and, for ``kthvalue``, with a
quickselect of its own; none keeps equal elements in order. These are the same algorithms step by step, on lists of positions:
slow, and so run only for rows where equal elements meet.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_SHORT = 16  # libstdc++ sorts so few by insertion
Before = Callable[[int, int], bool]  # whether the element at the first position belongs before the one at the second


def _median_to_first(a: list[int], at: int, i: int, j: int, m: int, before: Before) -> None:
    if before(a[i], a[j]):
        best = j if before(a[j], a[m]) else m if before(a[i], a[m]) else i
    else:
        best = i if before(a[i], a[m]) else m if before(a[j], a[m]) else j
    a[at], a[best] = a[best], a[at]


def _partition(a: list[int], first: int, last: int, before: Before) -> int:
    """Pivot of three to the front, then everything before it to the left."""
    _median_to_first(a, first, first + 1, first + (last - first) // 2, last - 1, before)
    pivot, i, j = a[first], first + 1, last
    while True:
        while before(a[i], pivot):
            i += 1
        j -= 1
        while before(pivot, a[j]):
            j -= 1
        if i >= j:
            return i
        a[i], a[j] = a[j], a[i]
        i += 1


def _insert(a: list[int], first: int, last: int, before: Before, start: int | None = None) -> None:
    for i in range(first + 1 if start is None else start, last):
        item, j = a[i], i
        if start is None and before(item, a[first]):
            a[first + 1 : i + 1] = a[first:i]
            a[first] = item
            continue
        while before(item, a[j - 1]):
            a[j] = a[j - 1]
            j -= 1
        a[j] = item


def _sift(a: list[int], first: int, hole: int, size: int, item: int, before: Before) -> None:
    """libstdc++'s __adjust_heap: the hole goes all the way down, then the item climbs back up."""
    top = hole
    child = hole
    while child < (size - 1) // 2:
        child = 2 * (child + 1)
        if before(a[first + child], a[first + child - 1]):
            child -= 1
        a[first + hole] = a[first + child]
        hole = child
    if size % 2 == 0 and child == (size - 2) // 2:
        child = 2 * (child + 1)
        a[first + hole] = a[first + child - 1]
        hole = child - 1
    parent = (hole - 1) // 2
    while hole > top and before(a[first + parent], item):
        a[first + hole] = a[first + parent]
        hole = parent
        parent = (hole - 1) // 2
    a[first + hole] = item


def _heap_select(a: list[int], first: int, middle: int, last: int, before: Before) -> None:
    size = middle - first
    for parent in range((size - 2) // 2, -1, -1):
        _sift(a, first, parent, size, a[first + parent], before)
    for i in range(middle, last):
        if before(a[i], a[first]):
            item, a[i] = a[i], a[first]
            _sift(a, first, 0, size, item, before)


def _partial_sort(a: list[int], first: int, middle: int, last: int, before: Before) -> None:
    _heap_select(a, first, middle, last, before)
    for end in range(middle - 1, first, -1):
        item, a[end] = a[end], a[first]
        _sift(a, first, 0, end - first, item, before)


def nth_element(a: list[int], nth: int, before: Before) -> None:
    """Bring the element that belongs to place ``nth`` there, none that belongs after it before it."""
    first, last = 0, len(a)
    if nth >= last:
        return
    depth = 2 * (last.bit_length() - 1)
    while last - first > 3:
        if depth == 0:
            _heap_select(a, first, nth + 1, last, before)
            a[first], a[nth] = a[nth], a[first]
            return
        depth -= 1
        cut = _partition(a, first, last, before)
        if cut <= nth:
            first = cut
        else:
            last = cut
    _insert(a, first, last, before)


def sort(a: list[int], last: int, before: Before) -> None:
    """Sort the first ``last`` elements as ``std::sort`` does."""
    if last > _SHORT:
        stack = [(0, last, 2 * (last.bit_length() - 1))]
        while stack:
            low, high, depth = stack.pop()
            while high - low > _SHORT:
                if depth == 0:
                    _partial_sort(a, low, high, high, before)
                    break
                depth -= 1
                cut = _partition(a, low, high, before)
                stack.append((cut, high, depth))
                high = cut
        _insert(a, 0, _SHORT, before)
        _insert(a, 0, last, before, start=_SHORT)
    else:
        _insert(a, 0, last, before)


def quick_select(a: list[int], k: int, after: Before) -> None:
    """torch's quickselect: the element that belongs to place ``k`` to that place."""
    low, high = 0, len(a) - 1

    def swap(i: int, j: int) -> None:
        a[i], a[j] = a[j], a[i]

    while high > low:
        if high == low + 1:
            if after(a[low], a[high]):
                swap(low, high)
            return
        swap(low + (high - low) // 2, low + 1)
        if after(a[low + 1], a[high]):
            swap(low + 1, high)
        if after(a[low], a[high]):
            swap(low, high)
        if after(a[low + 1], a[low]):
            swap(low + 1, low)
        i, j, pivot = low + 1, high, a[low]
        while True:
            i += 1
            while after(pivot, a[i]):
                i += 1
            j -= 1
            while after(a[j], pivot):
                j -= 1
            if j < i:
                break
            swap(i, j)
        swap(low, j)
        if j <= k:
            low = i
        if j >= k:
            high = j - 1


def topk(row: list[Any], k: int, largest: bool) -> list[int]:
    """The positions of the ``k`` largest (smallest) elements, in order; NaN is the largest."""

    def before(i: int, j: int) -> bool:
        x, y = row[i], row[j]
        if largest:
            return (x != x and y == y) or x > y
        return (x == x and y != y) or x < y

    a = list(range(len(row)))
    if k * 64 <= len(row):
        _partial_sort(a, 0, k, len(a), before)
    else:
        nth_element(a, k - 1, before)
        sort(a, k - 1, before)
    return a[:k]


def kthvalue(row: list[Any], place: int) -> int:
    """The position of the element that belongs to ``place``, as ``kthvalue`` finds it."""

    def after(i: int, j: int) -> bool:
        x, y = row[i], row[j]
        return (x != x and y == y) or x > y

    a = list(range(len(row)))
    quick_select(a, place, after)
    return a[place]
