"""The table that a profile prints."""

from __future__ import annotations

import math
from typing import Any

_WIDTH = 12  # of a column of numbers
_GAP = "  "
_UNITS = {"s": 1e6, "ms": 1e3, "us": 1.0}
_FLOPS = ("FLOPs", "KFLOPs", "MFLOPs", "GFLOPs", "TFLOPs", "PFLOPs")


def format_time(us: float, unit: str | None = None) -> str:
    """Microseconds in a readable unit, or in the one asked for.

    >>> format_time(1234.5678), format_time(1234.5678, "us")
    ('1.235ms', '1234.568us')
    """
    if unit not in _UNITS:
        unit = "s" if us >= 1e6 else "ms" if us >= 1e3 else "us"
    return f"{us / _UNITS[unit]:.3f}{unit}"


def format_memory(size: int) -> str:
    """Bytes in a readable unit.

    >>> format_memory(160), format_memory(-3 * 1024), format_memory(5 << 20)
    ('160 B', '-3.00 KB', '5.00 MB')
    """
    for unit, scale in (("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10)):
        if abs(size) >= scale:
            return f"{size / scale:.2f} {unit}"
    return f"{size} B"


def format_share(time: float, total: float) -> str:
    """What part of the total, in per cent."""
    if total == 0:
        if time != 0:
            raise AssertionError(f"Expected time_us == 0 but got {time}")
        return "NaN"
    return f"{time * 100.0 / total:.2f}%"


def _shortened(name: str, most: int | None) -> str:
    return name[: most - 3] + "..." if most is not None and len(name) >= most - 3 else name


def _end_of(path: str, most: int) -> str:
    """The end of a path that is too long."""
    if len(path) <= most:
        return path
    kept = path[len(path) - most :]
    return f"...{kept[3:]}" if len(kept) > 3 else kept


def _width(texts: Any, most: int | None) -> int:
    width = max(map(len, texts)) + 4
    return width if most is None else min(width, most)


def build_table(
    events: Any,
    sort_by: str | None,
    header: str | None,
    row_limit: int,
    widths: tuple[int, int, int],
    with_flops: bool,
    profile_memory: bool,
    top_level_only: bool,
    time_unit: str | None,
) -> str:
    """One line an event: its name, its share of all time, times, memory, calls, shapes, lines of the program."""
    if not len(events):
        return ""
    most_name, most_shapes, most_source = widths
    if sort_by is not None:
        for device in ("cuda", "xpu", "privateuse1"):
            sort_by = sort_by.replace(device, "device")
        events = sorted(events, key=lambda event: getattr(event, sort_by), reverse=True)
    stacks = [event.stack for event in events if event.stack]
    # columns: (title, width, side to which it is set, how an event fills it)
    total = sum(event.self_cpu_time_total for event in events)
    columns: list[tuple[str, int, str, Any]] = [
        ("Name", _width((e.key for e in events), most_name), ">", lambda e: _shortened(e.key, most_name)),
        ("Self CPU %", _WIDTH, ">", lambda e: format_share(e.self_cpu_time_total, total)),
        ("Self CPU", _WIDTH, ">", lambda e: format_time(e.self_cpu_time_total, time_unit)),
        ("CPU total %", _WIDTH, ">", lambda e: format_share(e.cpu_time_total, total)),
        ("CPU total", _WIDTH, ">", lambda e: format_time(e.cpu_time_total, time_unit)),
        ("CPU time avg", _WIDTH, ">", lambda e: format_time(e.cpu_time, time_unit)),
    ]
    if profile_memory:
        columns.append(("CPU Mem", _WIDTH, ">", lambda e: format_memory(e.cpu_memory_usage)))
        columns.append(("Self CPU Mem", _WIDTH, ">", lambda e: format_memory(e.self_cpu_memory_usage)))
    columns.append(("# of Calls", _WIDTH, ">", lambda e: str(e.count)))
    if any(event.input_shapes for event in events):
        shapes = _width((str(e.input_shapes) for e in events), most_shapes)
        columns.append(("Input Shapes", shapes, ">", lambda e: str(e.input_shapes)[:shapes]))
    counted = [event.flops for event in events if event.flops > 0]
    flops: tuple[str, int, str, Any] | None = None
    if with_flops and counted:
        step = int(max(0, min(math.log10(min(counted)) / 3, len(_FLOPS) - 1)))
        scale = 10.0 ** (-3 * step)
        flops = (f"Total {_FLOPS[step]}", _WIDTH, ">", lambda e: f"{e.flops * scale:8.3f}" if e.flops > 0 else "--")
    if stacks:
        source = _width((entry for stack in stacks for entry in stack), most_source)
        columns.append(("Source Location", source, "<", lambda e: _end_of(e.stack[0], source) if e.stack else ""))
    if flops is not None:
        columns.append(flops)

    def line(texts: Any) -> str:
        return "".join(f"{text: {side}{width}}{_GAP}" for text, (_, width, side, _) in zip(texts, columns))

    rule = "".join("-" * width + _GAP for _, width, _, _ in columns)
    double = "=" * (len(rule) - 2 * len(_GAP) + len(_GAP))
    lines = []
    if header is not None:
        lines += [double, header]
    if top_level_only:
        lines += [double, "This report only display top-level ops statistics"]
    lines += [rule, line(title for title, _, _, _ in columns), rule]
    shown = [event for event in events if not (top_level_only and event.cpu_parent is not None)]
    place = next((i for i, column in enumerate(columns) if column[0] == "Source Location"), None)
    for event in shown if row_limit < 0 else shown[:row_limit]:
        lines.append(line(fill(event) for _, _, _, fill in columns))
        if place is not None:
            rest = [_end_of(entry, columns[place][1]) for entry in event.stack[1:]]
            lines += [line("" if i != place else entry for i in range(len(columns))) for entry in [*rest, ""]]
    lines += [rule, f"Self CPU time total: {format_time(total, time_unit)}"]
    return "\n".join(lines) + "\n"
