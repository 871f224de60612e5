"""Connectionist temporal classification: the loss of a sequence of labels under per-step probabilities, unaligned."""

from __future__ import annotations

from typing import Any

from ..autograd.op import Op
from ..autograd.variable import Variable
from ._reduction import reduction_of
from .registry import public


def _extended(k: Any, targets: list[Any], blank: int) -> tuple[Any, Any]:
    """Every target with blanks around its labels, padded to one length; and where a step may skip the blank between."""
    longest = max((len(t) for t in targets), default=0)
    labels = k.xp.full((len(targets), 2 * longest + 1), blank, "int64")
    for row, target in zip(labels, targets):
        row[1 : 2 * len(target) : 2] = target
    skip = k.xp.zeros(labels.shape, bool)
    skip[:, 2:] = (labels[:, 2:] != blank) & (labels[:, 2:] != labels[:, :-2])
    return labels, skip


def _log_add(k: Any, *terms: Any) -> Any:
    peak = terms[0]
    for t in terms[1:]:
        peak = k.xp.maximum(peak, t)
    safe = k.xp.where(k.xp.isfinite(peak), peak, 0)
    total = sum(k.xp.exp(t - safe) for t in terms)
    return k.xp.where(k.xp.isfinite(peak), k.xp.log(total) + safe, peak)


def _shifted(k: Any, x: Any, by: int) -> Any:
    out = k.xp.full(x.shape, -k.xp.inf, x.dtype)
    out[:, by:] = x[:, : x.shape[1] - by]
    return out


def _alphas(k: Any, emitted: Any, skip: Any, lengths: list[int]) -> Any:
    """Log-probability of all alignments of a prefix of the labels with a prefix of the steps: (T, N, L)."""
    alphas = k.xp.full(emitted.shape, -k.xp.inf, emitted.dtype)
    if not len(emitted):
        return alphas
    alphas[0, :, :2] = emitted[0, :, :2]
    for n, length in enumerate(lengths):
        if length == 0:
            alphas[0, n, 1:] = -k.xp.inf
    for t in range(1, len(emitted)):
        stay, step = alphas[t - 1], _shifted(k, alphas[t - 1], 1)
        jump = k.xp.where(skip, _shifted(k, alphas[t - 1], 2), -k.xp.inf)
        alphas[t] = _log_add(k, stay, step, jump) + emitted[t]
    return alphas


def _likelihood(k: Any, alphas: Any, steps: list[int], lengths: list[int]) -> Any:
    """``-log p`` of each sequence: its alignments end in the last label or the blank after it."""
    out = k.xp.empty(alphas.shape[1], alphas.dtype)
    for n, (t, length) in enumerate(zip(steps, lengths)):
        if t == 0:
            out[n] = 0.0 if length == 0 else k.xp.inf
            continue
        last = alphas[t - 1, n, 2 * length]
        before = alphas[t - 1, n, 2 * length - 1] if length else -k.xp.inf
        out[n] = -k.xp.logaddexp(last, before)
    return out


def _emitted(k: Any, logs: Any, labels: Any) -> Any:
    return k.xp.take_along_axis(logs, k.xp.broadcast_to(labels, (len(logs), *labels.shape)), axis=2)


def _ctc(k: Any, logs: Any, targets: list[Any], steps: list[int], blank: int, zero_infinity: bool) -> Any:
    labels, skip = _extended(k, targets, blank)
    lengths = [len(t) for t in targets]
    losses = _likelihood(k, _alphas(k, _emitted(k, logs, labels), skip, lengths), steps, lengths)
    return k.xp.where(k.xp.isinf(losses), losses.dtype.type(0), losses) if zero_infinity else losses


def _ctc_slope(k: Any, g: Any, logs: Any, targets: list[Any], steps: list[int], blank: int, zero_infinity: bool) -> Any:
    """``(exp(logs) - share of the alignments that pass here) · g``, the gradient behind a log_softmax."""
    labels, skip = _extended(k, targets, blank)
    lengths = [len(t) for t in targets]
    emitted = _emitted(k, logs, labels)
    alphas = _alphas(k, emitted, skip, lengths)
    losses = _likelihood(k, alphas, steps, lengths)
    grad = k.xp.zeros(logs.shape, logs.dtype)
    for n, (t, length) in enumerate(zip(steps, lengths)):
        if t == 0 or (zero_infinity and k.xp.isinf(losses[n])):
            continue
        if k.xp.isinf(losses[n]):
            grad[:t, n] = k.xp.nan
            continue
        width = 2 * length + 1
        seen, jump = emitted[:t, n, :width], skip[n, :width]
        betas = k.xp.full((t, width), -k.xp.inf, logs.dtype)
        betas[t - 1, -2:] = seen[t - 1, -2:]
        for s in range(t - 2, -1, -1):
            after = betas[s + 1][None]
            step = _shifted(k, after[:, ::-1], 1)[:, ::-1]
            far = _shifted(k, k.xp.where(jump[None], after, -k.xp.inf)[:, ::-1], 2)[:, ::-1]
            betas[s] = _log_add(k, after, step, far)[0] + seen[s]
        both = alphas[:t, n, :width] + betas
        grad[:t, n] = k.xp.exp(logs[:t, n])
        passing = k.xp.exp(both + losses[n] - seen)  # the step's own factor is in alpha and in beta
        for at in range(width):
            grad[:t, n, labels[n, at]] -= passing[:, at]
        grad[:t, n] *= g[n]
    return grad


Op("ctc_slope", _ctc_slope)
Op("ctc_loss", _ctc, logs=lambda k, g, logs, targets, steps, blank, zero_infinity:
   k.ctc_slope(g, logs, targets, steps, blank, zero_infinity))  # fmt: skip


def _numbers(lengths: Any) -> list[int]:
    if isinstance(lengths, Variable):
        lengths = lengths.tolist()  # type: ignore[attr-defined]
    return [int(lengths)] if isinstance(lengths, (int, float)) else [int(n) for n in lengths]


@public("functional")
def ctc_loss(
    log_probs: Any, targets: Any, input_lengths: Any, target_lengths: Any, blank: int = 0, reduction: str = "mean",
    zero_infinity: bool = False,
) -> Any:  # fmt: skip
    """``-log p(target)`` summed over all ways to stretch the target, with blanks between, over the steps.

    ``log_probs`` (T, N, C) or (T, C); ``targets`` (N, S), or all of them one after the other. "mean" divides each loss by its
    target's length first. ``zero_infinity``: count impossible targets as 0.
    """
    reduction = reduction_of(reduction)
    single = log_probs.dim() == 2
    if single:
        log_probs = log_probs.unsqueeze(1)
    for name, given in (("input_lengths", input_lengths), ("target_lengths", target_lengths)):
        if isinstance(given, Variable) and given._data.dtype.kind not in "iu":
            raise RuntimeError(f"{name} must be integral")
    steps, lengths = _numbers(input_lengths), _numbers(target_lengths)
    t, n, c = log_probs._data.shape
    if not log_probs._data.size:
        raise RuntimeError("log_probs tensor must not be empty")
    if not 0 <= blank < c:
        raise RuntimeError("blank must be in label range")
    if len(steps) != n:
        raise RuntimeError("input_lengths must be of size batch_size")
    if len(lengths) != n:
        raise RuntimeError("target_lengths must be of size batch_size")
    here = " (while checking arguments for ctc_loss_allocate_outputs)"
    if max(steps, default=0) > t:
        raise RuntimeError(f"Expected input_lengths to have value at most {t}, but got value {max(steps)}{here}")
    raw = targets._data.astype("int64")
    longest = max(lengths, default=0)
    if raw.ndim == 1:
        if raw.size != sum(lengths):
            raise RuntimeError(
                f"Expected tensor to have size {sum(lengths)} at dimension 0, but got size {raw.size} for argument #2 "
                f"'targets'{here}"
            )
        ends = [sum(lengths[: i + 1]) for i in range(n)]
        rows = [raw[end - length : end] for end, length in zip(ends, lengths)]
    else:
        if raw.shape[0] != n:
            raise RuntimeError(
                f"Expected tensor to have size {n} at dimension 0, but got size {raw.shape[0]} for argument #2 'targets'{here}"
            )
        if raw.shape[1] < longest:
            raise RuntimeError(
                f"Expected tensor to have size at least {longest} at dimension 1, but got size {raw.shape[1]} for argument #2 "
                f"'targets'{here}"
            )
        rows = [row[:length] for row, length in zip(raw, lengths)]
    losses = Op.table["ctc_loss"](log_probs, rows, steps, blank, zero_infinity)
    if reduction == "mean":
        counts = [float(max(length, 1)) for length in lengths]
        return (losses / losses.new_tensor(counts)).mean()
    if reduction == "sum":
        return losses.sum()
    return losses.squeeze(0) if single else losses
