"""Process groups: which processes work together, and who this one is among them."""

from __future__ import annotations

import enum
import os
from typing import Any

from . import transport
from .transport import Transfer


class ReduceOp(enum.Enum):
    """How numbers of several processes become one."""

    SUM, AVG, PRODUCT, MIN, MAX, BAND, BOR, BXOR = "SUM", "AVG", "PRODUCT", "MIN", "MAX", "BAND", "BOR", "BXOR"


ReduceOp.RedOpType = ReduceOp  # type: ignore[attr-defined]  # torch's name of the values' type


class ProcessGroup:
    """Some processes. Ranks in the group count from 0; ``ranks`` are the same in the world."""

    def __init__(self, comm: Any, ranks: list[int], backend: str) -> None:
        self.comm, self.ranks, self.backend = comm, ranks, backend

    def rank(self) -> int:
        """This process's number in the group."""
        return int(self.comm.Get_rank())

    def size(self) -> int:
        """How many processes there are."""
        return int(self.comm.Get_size())

    def name(self) -> str:
        """The backend's name."""
        return self.backend

    @property
    def alone(self) -> bool:
        return self.size() == 1


class Work:
    """A collective that goes on: `wait` before its tensors are used."""

    def __init__(self, transfer: Transfer, group: ProcessGroup, source: int | None = None) -> None:
        self._transfer, self._group, self._source = transfer, group, source

    def wait(self, timeout: Any = None) -> bool:
        """Wait until the tensors hold the result."""
        self._transfer.wait()
        return True

    def is_completed(self) -> bool:
        """Whether `wait` would return at once."""
        return self._transfer.done()

    def is_success(self) -> bool:
        """Whether it has ended well (a failure ends the whole job)."""
        return self.is_completed()


class GroupMember:
    """What `new_group` returns to processes that are not in the group."""

    WORLD: ProcessGroup | None = None
    NON_GROUP_MEMBER = -100


class group:
    """``group.WORLD``: all processes."""

    WORLD: ProcessGroup | None = None


_NOT_YET = "Default process group has not been initialized, please make sure to call init_process_group."
BACKENDS = ("mpi", "gloo", "nccl")


def init_process_group(
    backend: str | None = None, init_method: str | None = None, timeout: Any = None, world_size: int = -1, rank: int = -1,
    store: Any = None, group_name: str = "", pg_options: Any = None, device_id: Any = None,
) -> None:  # fmt: skip
    """Join the other processes that ``mpiexec`` (or ``tinygrad-edu launch``) has started.

    ``backend``: "mpi" (also under the name "gloo", for scripts that ask for it); "nccl" adds NCCL, through CuPy, for tensors on GPUs.
    MPI knows the processes itself, so ``init_method``, ``store``, ``rank`` and ``world_size`` are not needed; a ``rank`` or
    ``world_size`` that does not agree with MPI's is an error. From now on an uncaught exception in one process ends them all.

    >>> import tinygrad_edu as tg
    >>> tg.distributed.init_process_group("mpi")
    >>> tg.distributed.get_rank(), tg.distributed.get_world_size()
    (0, 1)
    >>> tg.distributed.destroy_process_group()
    """
    if group.WORLD is not None:
        raise ValueError("trying to initialize the default process group twice!")
    name = (backend or "mpi").lower().partition(":")[0]
    if name not in BACKENDS:
        raise ValueError(f"Invalid backend: '{backend}'; there are {', '.join(BACKENDS)}")
    comm = transport.world()
    for what, asked, have in (("rank", rank, comm.Get_rank()), ("world_size", world_size, comm.Get_size())):
        if asked not in (-1, have):
            raise ValueError(
                f"{what}={asked} was asked for, but MPI says {have}. Start the program with: mpiexec -n {max(world_size, 1)} python …"
            )
    if not isinstance(comm, transport.Alone):
        comm = comm.Dup()  # so that other users of MPI in this program are not disturbed
    transport.stop_all_on_error(comm)
    made = ProcessGroup(comm, list(range(comm.Get_size())), name)
    group.WORLD = GroupMember.WORLD = made


def world_group() -> ProcessGroup:
    """The group of all processes; ValueError before `init_process_group`."""
    if group.WORLD is None:
        raise ValueError(_NOT_YET)
    return group.WORLD


def resolved(which: Any) -> ProcessGroup | None:
    """The group meant by an argument; None for a group that this process is not in."""
    if which is None:
        return world_group()
    world_group()
    return None if which == GroupMember.NON_GROUP_MEMBER else which


def is_torchelastic_launched() -> bool:
    """Whether ``torchrun`` has started this process (it says so in the environment)."""
    return "TORCHELASTIC_RUN_ID" in os.environ


def is_available() -> bool:
    """True: a program that is alone is a world of one."""
    return True


def is_mpi_available() -> bool:
    """Whether mpi4py is installed."""
    return not isinstance(transport.world(), transport.Alone)


def is_nccl_available() -> bool:
    """Whether CuPy with NCCL is at hand."""
    from . import nccl

    return nccl.available()


def is_gloo_available() -> bool:
    """False: MPI stands in for it."""
    return False


def is_initialized() -> bool:
    """Whether `init_process_group` was called."""
    return group.WORLD is not None


def get_rank(group: Any = None) -> int:
    """This process's number in the group, -1 where it is not in it."""
    found = resolved(group)
    return -1 if found is None else found.rank()


def get_world_size(group: Any = None) -> int:
    """How many processes the group has, -1 where this one is not in it."""
    found = resolved(group)
    return -1 if found is None else found.size()


class Backend(str):
    """Backends by torch's names; calling it gives a name in small letters.

    >>> Backend("GLOO"), Backend.NCCL
    ('gloo', 'nccl')
    """

    __slots__ = ()
    UNDEFINED, GLOO, NCCL, XCCL, UCC, MPI, FAKE = "undefined", "gloo", "nccl", "xccl", "ucc", "mpi", "fake"
    backend_list = [UNDEFINED, GLOO, NCCL, XCCL, UCC, MPI, FAKE]
    default_device_backend_map = {"cpu": GLOO, "cuda": NCCL, "xpu": XCCL, "mps": GLOO}

    def __new__(cls, name: str) -> Any:
        if not isinstance(name, str):
            raise ValueError("Backend constructor parameter must be string-ish")
        return name.lower()


def get_backend(group: Any = None) -> str:
    """The name given to `init_process_group`."""
    found = resolved(group)
    if found is None:
        raise ValueError("Invalid process group specified")
    return found.backend


def get_process_group_ranks(group: Any) -> list[int]:
    """The world's ranks of a group's processes."""
    found = resolved(group)
    return [] if found is None else list(found.ranks)


def get_global_rank(group: ProcessGroup, group_rank: int) -> int:
    """The world's rank of a process of a group."""
    if not 0 <= group_rank < len(group.ranks):
        raise ValueError(f"Group rank {group_rank} is not part of group {group}")
    return group.ranks[group_rank]


def get_group_rank(group: ProcessGroup, global_rank: int) -> int:
    """The rank in a group of a process of the world."""
    if global_rank not in group.ranks:
        raise ValueError(f"Global rank {global_rank} is not part of group {group}")
    return group.ranks.index(global_rank)


def new_group(ranks: list[int] | None = None, timeout: Any = None, backend: str | None = None, **options: Any) -> Any:
    """A group of some processes. All processes of the world call this, also those that are not in it."""
    whole = world_group()
    chosen = sorted(range(whole.size()) if ranks is None else ranks)
    if len(set(chosen)) != len(chosen):
        raise ValueError(f"duplicate ranks: {chosen}")
    if any(not 0 <= r < whole.size() for r in chosen):
        raise ValueError(
            f"The new group's rank should be within the world_size set by init_process_group, got {chosen}"
        )
    if isinstance(whole.comm, transport.Alone):
        return ProcessGroup(whole.comm, chosen, whole.backend)
    comm = whole.comm.Create(whole.comm.group.Incl(chosen))
    if whole.rank() not in chosen:
        return GroupMember.NON_GROUP_MEMBER
    return ProcessGroup(comm, chosen, backend or whole.backend)


def destroy_process_group(which: Any = None) -> None:
    """Leave a group; without an argument: the world."""
    found = resolved(which)
    if found is None:
        return
    if not isinstance(found.comm, transport.Alone):
        found.comm.Free()
    if found is group.WORLD:
        group.WORLD = GroupMember.WORLD = None
