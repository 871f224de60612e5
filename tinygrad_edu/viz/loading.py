"""Pictures of loading: which example goes into which batch, and who works when."""

from __future__ import annotations

from typing import Any

from .svg import BLUE, CYCLE, GREY, VERMILION, Canvas, Picture, width_of

MOST = 64  # examples, batches
_H = 28.0
Span = tuple[float, float, int]  # begin, end, number of the batch


def batches(loader: Any, epochs: int = 1) -> Picture:
    """The indices of a loader's batches, one line an epoch; indices of examples that no batch holds are grey and dashed.

    Args:
        loader: a `DataLoader` of a dataset with a length; its samplers are asked, its dataset is not.
        epochs: how many passes to draw. Each asks the samplers anew.

    Raises:
        TypeError: ``loader`` has no batch sampler.
        ValueError: there are more than 64 examples.
    """
    if getattr(loader, "batch_sampler", None) is None:
        raise TypeError(f"viz.batches(): expected a DataLoader with batches, got {type(loader).__name__}")
    count = len(loader.dataset)
    if count > MOST:
        raise ValueError(f"viz.batches(): expected at most {MOST} examples, got {count}")
    canvas, lines = Canvas(), []
    width = width_of(str(max(count - 1, 0))) + 14
    left = width_of(f"epoch {epochs - 1}") + 14
    for epoch in range(epochs):
        made = [[int(i) for i in batch] for batch in loader.batch_sampler]
        unused = sorted(set(range(count)) - {i for batch in made for i in batch})
        x, y = left, epoch * (_H + 22)
        canvas.text(0, y + _H / 2, f"epoch {epoch}", anchor="start", bold=True)
        for number, batch in enumerate([*made, unused] if unused else made):
            inside = number < len(made)
            for i in batch:
                canvas.box(x, y, width, _H, CYCLE[number % len(CYCLE)] if inside else GREY, dashed=not inside, radius=0,
                           fill=0.2 if inside else 0.04)  # fmt: skip
                canvas.text(x + width / 2, y + _H / 2, str(i), faint=not inside)
                x += width
            caption, wide = f"batch {number}" if inside else "left out", len(batch) * width
            caption = caption if width_of(caption, 10) <= wide + 10 else str(number) if inside else ""
            canvas.text(x - wide / 2, y + _H + 9, caption, size=10, faint=True)
            x += 12
        text = " | ".join(" ".join(map(str, batch)) for batch in made)
        lines.append(f"epoch {epoch}: {text}" + (f"   left out: {' '.join(map(str, unused))}" if unused else ""))
    title = f"{count} examples in {len(made) if epochs else 0} batches, {epochs} epoch{'s' if epochs != 1 else ''}"
    return canvas.finish(title, "\n".join([title, *lines]))


def workers(number: int, fetch: float = 3, step: float = 1, batches: int = 6, prefetch: int = 2) -> Picture:
    """Who does what when ``number`` workers fetch ``batches`` batches: a calculation, not a measurement.

    Args:
        number: of worker processes; 0 means that the training process fetches by itself.
        fetch: how long one batch takes to be fetched.
        step: how long the training step of one batch takes.
        batches: of one epoch, at most 64.
        prefetch: how many batches each worker may be ahead (`DataLoader`'s ``prefetch_factor``).

    Raises:
        ValueError: a number is out of its range.
    """
    if number < 0 or prefetch < 1 or not 1 <= batches <= MOST or fetch <= 0 or step <= 0:
        raise ValueError("viz.workers(): expected number >= 0, prefetch >= 1, 1 to 64 batches and times above 0, got "
                         f"{number}, {prefetch}, {batches}, {fetch} and {step}")  # fmt: skip
    fetches, steps = _schedule(number, fetch, step, batches, prefetch)
    end = steps[-1][1]
    canvas, scale = Canvas(), 640 / end
    left = width_of("training ") + 8
    rows = [("training", BLUE, steps)]
    if number:
        rows += [(f"worker {w}", VERMILION, [s for s in fetches if s[2] % number == w]) for w in range(number)]
    lines = []
    for r, (name, color, spans) in enumerate(rows):
        y = r * (_H + 8)
        canvas.text(0, y + _H / 2, name, anchor="start", bold=True)
        canvas.line(left, y + _H, left + end * scale, y + _H)
        kinds = [(color, spans)] if number else [(VERMILION, fetches), (color, spans)]
        for tint, part in kinds:
            for begin, until, batch in part:
                canvas.box(left + begin * scale, y, (until - begin) * scale, _H - 2, tint, fill=0.25)
                label = f"{'step' if tint == BLUE else 'fetch'} {batch}"
                label = label if width_of(label, 10) < (until - begin) * scale else str(batch)
                canvas.text(left + (begin + until) / 2 * scale, y + _H / 2 - 1, label, size=10)
        busy = sum(until - begin for begin, until, _ in spans)
        lines.append(f"{name}: {'trains' if r == 0 else 'fetches'} {busy:g} of {end:g}")
    canvas.text(left + end * scale, len(rows) * (_H + 8) + 4, f"time {end:g}", anchor="end", size=11, faint=True)
    title = (
        f"{batches} batches with {number} worker{'s' if number != 1 else ''}: fetching takes {fetch:g}, a step {step:g}; "
        f"done after {end:g}"
    )
    return canvas.finish(title, "\n".join([title, *lines]))


def _schedule(number: int, fetch: float, step: float, batches: int, prefetch: int) -> tuple[list[Span], list[Span]]:
    """When each batch is fetched, and when it is trained on."""
    fetches: list[Span] = []
    steps: list[Span] = []
    for i in range(batches):
        free = steps[-1][1] if steps else 0.0  # when training is done with the batch before
        if number:  # batch i goes to worker i % number, once batch i - number * prefetch has been taken
            before = fetches[i - number][1] if i >= number else 0.0
            taken = steps[i - number * prefetch][0] if i >= number * prefetch else 0.0
            begin = max(before, taken)
        else:
            begin = free
        fetches.append((begin, begin + fetch, i))
        steps.append((max(free, begin + fetch), max(free, begin + fetch) + step, i))
    return fetches, steps
