"""L-BFGS: a quasi-Newton method that remembers its last steps in place of second derivatives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..autograd.modes import enable_grad, no_grad
from ..autograd.variable import Variable
from ..ops.registry import functions
from .optimizer import Optimizer, check_lr


class LBFGS(Optimizer):
    """Limited-memory BFGS with an optional line search by the strong Wolfe conditions.

    ``step`` needs a closure that clears the gradients, computes the loss, calls backward and returns the loss; it is called
    up to ``max_eval`` times (``max_iter · 5/4`` unless given).
    """

    def __init__(
        self, params: Any, lr: float = 1, max_iter: int = 20, max_eval: int | None = None, tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9, history_size: int = 100, line_search_fn: str | None = None,
    ) -> None:  # fmt: skip
        check_lr(lr)
        defaults = {
            "lr": lr, "max_iter": max_iter, "max_eval": max_iter * 5 // 4 if max_eval is None else max_eval,
            "tolerance_grad": tolerance_grad, "tolerance_change": tolerance_change, "history_size": history_size,
            "line_search_fn": line_search_fn,
        }  # fmt: skip
        super().__init__(params, defaults)
        if len(self.param_groups) != 1:
            raise ValueError("LBFGS doesn't support per-parameter options (parameter groups)")
        self._params = self.param_groups[0]["params"]

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self._params = self.param_groups[0]["params"]

    def _flat_grad(self) -> Any:
        """All gradients as one vector."""
        flat = functions["cat"]
        return flat(
            [p.grad.to_dense().reshape(-1) if p.grad is not None else p.new_zeros(p.numel()) for p in self._params]
        )

    def _move(self, t: Any, direction: Any) -> None:
        """Add ``t · direction`` to the parameters."""
        start = 0
        for p in self._params:
            n = p.numel()
            p.add_(direction[start : start + n].view_as(p), alpha=float(t))
            start += n

    @no_grad()
    def step(self, closure: Callable[[], Any]) -> Any:  # type: ignore[override]
        """Run up to ``max_iter`` iterations; the first loss is returned."""
        run = enable_grad()(closure)
        group, state = self.param_groups[0], self.state[self._params[0]]
        lr, change = group["lr"], group["tolerance_change"]
        lr = lr.squeeze() if isinstance(lr, Variable) else lr
        state.setdefault("func_evals", 0)
        state.setdefault("n_iter", 0)

        first_loss = run()
        loss, evaluations = float(first_loss), 1
        state["func_evals"] += 1
        grad = self._flat_grad()
        if grad.abs().max() <= group["tolerance_grad"]:
            return first_loss
        d, t, previous = state.get("d"), state.get("t"), state.get("prev_flat_grad")
        previous_loss = state.get("prev_loss")
        memory = {name: state.get(name) for name in ("old_dirs", "old_stps", "ro", "H_diag")}

        iteration = 0
        while iteration < group["max_iter"]:
            iteration += 1
            state["n_iter"] += 1
            if state["n_iter"] == 1:
                d = grad.neg()
                memory = {"old_dirs": [], "old_stps": [], "ro": [], "H_diag": 1}
            else:
                al = state.setdefault("al", [None] * group["history_size"])
                d = self._direction(memory, al, grad, previous, d.mul(t))
            previous = grad.clone() if previous is None else previous.copy_(grad)
            previous_loss = loss
            t = min(1.0, 1.0 / grad.abs().sum()) * lr if state["n_iter"] == 1 else lr
            slope = grad.dot(d)  # of the loss along d
            if slope > -change:
                break
            calls = 0
            if group["line_search_fn"] is not None:
                if group["line_search_fn"] != "strong_wolfe":
                    raise RuntimeError("only 'strong_wolfe' is supported")
                loss, grad, t, calls = strong_wolfe(
                    self._along(run, d), t, d, loss, grad, slope, max_ls=group["max_eval"] - evaluations
                )
                self._move(t, d)
            else:
                self._move(t, d)
                if iteration != group["max_iter"]:
                    loss, grad, calls = float(run()), self._flat_grad(), 1
            evaluations += calls
            state["func_evals"] += calls
            if (
                iteration == group["max_iter"]
                or evaluations >= group["max_eval"]
                or grad.abs().max() <= group["tolerance_grad"]
                or d.mul(float(t)).abs().max() <= change
                or abs(loss - previous_loss) < change
            ):
                break
        state.update(d=d, t=t, **memory, prev_flat_grad=previous, prev_loss=previous_loss)
        return first_loss

    def _direction(self, memory: dict[str, Any], al: list[Any], grad: Any, previous: Any, s: Any) -> Any:
        """-H · grad, where H, the inverse of the curvature, is known through the last steps s and changes y of the gradient."""
        ys, ss, inverse = memory["old_dirs"], memory["old_stps"], memory["ro"]
        y = grad.sub(previous)
        agreement = y.dot(s)
        if agreement > 1e-10:
            if len(ys) == len(al):
                for history in (ys, ss, inverse):
                    history.pop(0)
            ys.append(y)
            ss.append(s)
            inverse.append(1.0 / agreement)
            memory["H_diag"] = agreement / y.dot(y)
        q = grad.neg()
        for i in reversed(range(len(ys))):
            al[i] = ss[i].dot(q) * inverse[i]
            q.add_(ys[i] * -al[i])
        r = q * memory["H_diag"]
        for i in range(len(ys)):
            r.add_(ss[i] * (al[i] - ys[i].dot(r) * inverse[i]))
        return r

    def _along(self, run: Callable[[], Any], d: Any) -> Callable[[Any], tuple[float, Any]]:
        """The loss and gradient at a distance t along d, seen from where the parameters are now."""
        here = [p.clone() for p in self._params]

        def at(t: Any) -> tuple[float, Any]:
            self._move(t, d)
            loss, grad = float(run()), self._flat_grad()
            for p, value in zip(self._params, here):
                p.copy_(value)
            return loss, grad

        return at


def cubic_minimum(x1: Any, f1: Any, g1: Any, x2: Any, f2: Any, g2: Any, bounds: tuple[Any, Any] | None = None) -> Any:
    """Where the cubic through two points with given values and slopes is smallest, within the bounds."""
    low, high = bounds if bounds is not None else (x1, x2) if x1 <= x2 else (x2, x1)
    d1 = g1 + g2 - 3 * (f1 - f2) / (x1 - x2)
    square = d1**2 - g1 * g2
    if not square >= 0:
        return (low + high) / 2.0
    d2 = square**0.5
    if x1 <= x2:
        x = x2 - (x2 - x1) * ((g2 + d2 - d1) / (g2 - g1 + 2 * d2))
    else:
        x = x1 - (x1 - x2) * ((g1 + d2 - d1) / (g1 - g2 + 2 * d2))
    return min(max(x, low), high)


def strong_wolfe(
    at: Callable[[Any], tuple[float, Any]], t: Any, d: Any, f: float, g: Any, slope: Any, c1: float = 1e-4,
    c2: float = 0.9, tolerance_change: float = 1e-9, max_ls: int = 25,
) -> tuple[float, Any, Any, int]:  # fmt: skip
    """A step t along d that lowers the loss enough and where the slope is flat enough.

    First steps outwards until a minimum is bracketed, then narrows the bracket. Returns (loss, gradient, t, evaluations).
    """
    reach = d.abs().max()
    f_new, g_new = at(t)
    calls, tries = 1, 0
    slope_new = g_new.dot(d)
    # a point: (t, loss, gradient, slope)
    before = (0, f, g.clone(), slope)
    done = False
    bracket: list[tuple[Any, Any, Any, Any]] = []
    while tries < max_ls:
        now = (t, f_new, g_new.clone(), slope_new)
        if f_new > f + c1 * t * slope or (tries > 1 and f_new >= before[1]):
            bracket = [before, now]
            break
        if abs(slope_new) <= -c2 * slope:
            bracket, done = [now], True
            break
        if slope_new >= 0:
            bracket = [before, now]
            break
        bounds = (t + 0.01 * (t - before[0]), t * 10)
        t = cubic_minimum(before[0], before[1], before[3], t, f_new, slope_new, bounds)
        before = now
        f_new, g_new = at(t)
        calls, tries = calls + 1, tries + 1
        slope_new = g_new.dot(d)
    if tries == max_ls:
        bracket = [(0, f, g, slope), (t, f_new, g_new, slope_new)]

    stuck = False
    low, high = (0, 1) if bracket[0][1] <= bracket[-1][1] else (1, 0)
    while not done and tries < max_ls:
        left, right = bracket[0], bracket[1]
        if abs(right[0] - left[0]) * reach < tolerance_change:
            break
        t = cubic_minimum(left[0], left[1], left[3], right[0], right[1], right[3])
        ends = (left[0], right[0])
        margin = 0.1 * (max(ends) - min(ends))
        if (
            min(max(ends) - t, t - min(ends)) < margin
        ):  # too near an end: step away from it, at the latest the second time
            if stuck or t >= max(ends) or t <= min(ends):
                t = max(ends) - margin if abs(t - max(ends)) < abs(t - min(ends)) else min(ends) + margin
                stuck = False
            else:
                stuck = True
        else:
            stuck = False
        f_new, g_new = at(t)
        calls, tries = calls + 1, tries + 1
        slope_new = g_new.dot(d)
        now = (t, f_new, g_new.clone(), slope_new)
        if f_new > f + c1 * t * slope or f_new >= bracket[low][1]:
            bracket[high] = now
            low, high = (0, 1) if bracket[0][1] <= bracket[1][1] else (1, 0)
        else:
            if abs(slope_new) <= -c2 * slope:
                done = True
            elif slope_new * (bracket[high][0] - bracket[low][0]) >= 0:
                bracket[high] = bracket[low]
            bracket[low] = now
    t, f_new, g_new, _ = bracket[low]
    return f_new, g_new, t, calls
