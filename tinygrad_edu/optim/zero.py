"""ZeRO: each process keeps the optimizer's state of a part of the parameters, steps those and sends them to the others."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from ..distributed import all_gather_object, broadcast, get_global_rank, get_rank, get_world_size
from ..distributed.groups import resolved
from .optimizer import Optimizer

__all__ = ["ZeroRedundancyOptimizer"]


class ZeroRedundancyOptimizer(Optimizer):
    """An optimizer of class ``optimizer_class`` whose state is divided among the processes of a group.

    Gradients must be equal in all processes, as `DistributedDataParallel` makes them. `step` updates this process' share and then
    broadcasts every share. `consolidate_state_dict` collects the shares' states in one process, whose `state_dict` is then that of
    a single optimizer of all parameters. ``overlap_with_ddp`` and ``parameters_as_bucket_view`` have no effect: nothing overlaps.
    """

    def __init__(
        self, params: Any, optimizer_class: type[Optimizer], process_group: Any = None,
        parameters_as_bucket_view: bool = False, overlap_with_ddp: bool = False, **defaults: Any,
    ) -> None:  # fmt: skip
        self.process_group = process_group
        self.rank, self.world_size = get_rank(process_group), get_world_size(process_group)
        self._owner: dict[Any, int] = {}  # parameter → the process that steps it
        self._load = [0] * self.world_size  # how many numbers each process has
        self._all_states: list[dict[str, Any]] = []
        self.optim: Optimizer | None = None
        super().__init__(params, defaults)
        self.optim = optimizer_class([self._share(group) for group in self.param_groups], **defaults)
        self._exchange_options(self.optim, self)

    def _share(self, group: dict[str, Any]) -> dict[str, Any]:
        return {**group, "params": [p for p in group["params"] if self._owner[p] == self.rank]}

    @staticmethod
    def _exchange_options(giving: Optimizer, taking: Optimizer) -> None:
        for given, taken in zip(giving.param_groups, taking.param_groups):
            taken.update((key, value) for key, value in given.items() if key != "params")

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Divide a further group: the largest parameters first, each to the process that has least."""
        super().add_param_group(param_group)
        group = self.param_groups[-1]
        for p in sorted(group["params"], key=lambda p: p.numel(), reverse=True):
            self._owner[p] = least = self._load.index(min(self._load))
            self._load[least] += p.numel()
        if self.optim is not None:
            self.optim.add_param_group(self._share(group))

    def step(self, closure: Callable[[], Any] | None = None, **options: Any) -> Any:
        """One step with this process' share; then every share goes to all processes."""
        assert self.optim is not None
        self._exchange_options(self, self.optim)
        loss = self.optim.step(**options) if closure is None else self.optim.step(closure=closure, **options)
        self._exchange_options(self.optim, self)
        whole = resolved(self.process_group)
        for group in self.param_groups:
            for p in group["params"]:
                owner = self._owner[p]
                broadcast(p.data, get_global_rank(whole, owner) if whole is not None else owner, self.process_group)
        return loss

    def consolidate_state_dict(self, to: int = 0) -> None:
        """Collect the states of all shares in process ``to``. All processes must call this."""
        assert self.optim is not None
        self._exchange_options(self, self.optim)
        shares: list[Any] = [None] * self.world_size
        all_gather_object(shares, self.optim.state_dict(), self.process_group)
        self._all_states = copy.deepcopy(shares) if self.rank == to else []

    def state_dict(self) -> dict[str, Any]:
        """The state of all parameters, as it was when `consolidate_state_dict` was last called."""
        if not self._all_states:
            raise RuntimeError(
                "Optimizer state has not been consolidated on this rank. Please call `consolidate_state_dict(to="
                f"{self.rank})` on all ranks beforehand if you meant to save the global state."
            )
        whole = super().state_dict()
        every = [p for group in self.param_groups for p in group["params"]]
        places = [[i for i, p in enumerate(every) if self._owner[p] == rank] for rank in range(self.world_size)]
        state = {mine[i]: s for mine, share in zip(places, self._all_states) for i, s in share["state"].items()}
        whole["state"] = dict(sorted(state.items()))
        return whole

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take the state of this process' share from that of all parameters."""
        assert self.optim is not None
        every = [p for group in self.param_groups for p in group["params"]]
        mine = [i for i, p in enumerate(every) if self._owner[p] == self.rank]
        number = {old: new for new, old in enumerate(mine)}
        groups = [
            {**group, "params": [number[i] for i in group["params"] if i in number]}
            for group in state_dict["param_groups"]
        ]
        state = {number[i]: s for i, s in state_dict["state"].items() if i in number}
        self.optim.load_state_dict({"state": state, "param_groups": groups})
        self._exchange_options(self.optim, self)
