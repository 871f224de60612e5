"""Processes laid out in rows and columns (`DeviceMesh`): a group along each dimension."""

from __future__ import annotations

import math
from typing import Any

from ..autograd.variable import Variable
from ..dtypes import int32
from ..ops.data import tensor
from .groups import GroupMember, get_rank, get_world_size, init_process_group, is_initialized, new_group

_WHICH = (
    "Optional kwarg `mesh_dim` needs to be specified when device_mesh.ndim > 1.",
    "If you want to get the list of all the ProcessGroups in the DeviceMesh,please use `get_all_groups()` instead.",
)


class DeviceMesh:
    """The processes whose ranks are in ``mesh``, a tensor or nested lists. Every process makes it.

    >>> import tinygrad_edu as tg
    >>> mesh = init_device_mesh("cpu", (1, 1), mesh_dim_names=("data", "model"))
    >>> mesh.shape, mesh["model"].size(), mesh.get_local_rank("data")
    ((1, 1), 1, 0)
    >>> tg.distributed.destroy_process_group()
    """

    def __init__(
        self, device_type: str, mesh: Any, *, mesh_dim_names: tuple[str, ...] | None = None, _groups: Any = None
    ) -> None:
        self.device_type, self.mesh_dim_names = device_type, mesh_dim_names and tuple(mesh_dim_names)
        self.mesh = mesh.to(dtype=int32) if isinstance(mesh, Variable) else tensor(mesh, dtype=int32)  # type: ignore[attr-defined]
        if not is_initialized():
            init_process_group()
        if self.size() > get_world_size():
            raise RuntimeError(
                f"Mesh should not be bigger than default world size {get_world_size()}, but found {self.size()} ranks!"
            )
        where = (self.mesh == get_rank()).nonzero().tolist()
        self._coordinate = tuple(where[0]) if where else None
        self._groups = self._along_each_dimension() if _groups is None else _groups

    def _along_each_dimension(self) -> list[Any]:
        """This process's group along each dimension. All processes make all groups, in one order."""
        mine: list[Any] = []
        for dim in range(self.ndim):
            mine.append(GroupMember.NON_GROUP_MEMBER)
            for ranks in self.mesh.movedim(dim, -1).reshape(-1, self.mesh.shape[dim]).tolist():
                made = new_group(ranks)
                if get_rank() in ranks:
                    mine[dim] = made
        return mine

    @property
    def shape(self) -> tuple[int, ...]:
        """How many processes there are along each dimension."""
        return tuple(self.mesh.shape)

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return int(self.mesh.ndim)

    def size(self, mesh_dim: int | None = None) -> int:
        """How many processes there are, in all or along one dimension."""
        return math.prod(self.shape) if mesh_dim is None else self.shape[mesh_dim]

    def get_rank(self) -> int:
        """This process's rank in the world."""
        return get_rank()

    def get_coordinate(self) -> tuple[int, ...] | None:
        """This process's place in the mesh; None where it is not in it."""
        return self._coordinate

    def _dim(self, mesh_dim: int | str | None, advice: tuple[str, ...]) -> int:
        if mesh_dim is None:
            if self.ndim > 1:
                raise RuntimeError(f"Found the DeviceMesh have {self.ndim} dimensions", *advice)
            return 0
        if isinstance(mesh_dim, int):
            return mesh_dim
        if self.mesh_dim_names is None or mesh_dim not in self.mesh_dim_names:
            raise KeyError(
                f"Mesh dimension '{mesh_dim}' does not exist.",
                f"Available mesh dimensions are: mesh_dim_names={self.mesh_dim_names}",
            )
        return self.mesh_dim_names.index(mesh_dim)

    def get_local_rank(self, mesh_dim: int | str | None = None) -> int:
        """This process's place along one dimension."""
        dim = self._dim(mesh_dim, _WHICH[:1])
        assert self._coordinate is not None, "this process is not in the mesh"
        return self._coordinate[dim]

    def get_group(self, mesh_dim: int | str | None = None) -> Any:
        """The group of the processes in a line with this one, along one dimension."""
        return self._groups[self._dim(mesh_dim, _WHICH)]

    def get_all_groups(self) -> list[Any]:
        """`get_group` of every dimension."""
        return list(self._groups)

    def __getitem__(self, mesh_dim_names: str | tuple[str, ...]) -> DeviceMesh:
        """The part that lies along the named dimensions, through this process."""
        if not self.mesh_dim_names:
            raise RuntimeError("Cannot slice a DeviceMesh without mesh_dim_names!")
        names = (mesh_dim_names,) if isinstance(mesh_dim_names, str) else tuple(mesh_dim_names)
        if any(name not in self.mesh_dim_names for name in names):
            raise KeyError(
                f"Invalid mesh_dim_names {names} specified. Valid mesh_dim_names are {list(self.mesh_dim_names)}."
            )
        dims = [self.mesh_dim_names.index(name) for name in names]
        place = self._coordinate or (0,) * self.ndim
        part = self.mesh[tuple(slice(None) if dim in dims else place[dim] for dim in range(self.ndim))]
        order = sorted(range(len(dims)), key=dims.__getitem__)
        part = part.permute([order.index(i) for i in range(len(dims))])
        return DeviceMesh(self.device_type, part, mesh_dim_names=names, _groups=[self._groups[dim] for dim in dims])

    def _key(self) -> tuple[Any, ...]:
        return self.device_type, self.mesh_dim_names, self.shape, tuple(self.mesh.reshape(-1).tolist())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DeviceMesh) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        names = self.mesh_dim_names
        sides = [f"{names[i]}={n}" if names else str(n) for i, n in enumerate(self.shape)]
        steps = [math.prod(self.shape[i + 1 :]) if n > 1 else () for i, n in enumerate(self.shape)]
        shape = f"({', '.join(sides)})" if names or len(sides) > 1 else f"({sides[0]},)"
        return f"DeviceMesh({shape}, '{self.device_type}', stride={tuple(steps)})"


def init_device_mesh(
    device_type: str, mesh_shape: tuple[int, ...], *, mesh_dim_names: tuple[str, ...] | None = None
) -> DeviceMesh:
    """A mesh of all processes: their ranks in rows."""
    if mesh_dim_names is not None:
        if len(set(mesh_dim_names)) != len(mesh_dim_names):
            raise RuntimeError(
                f"Each mesh_dim_name must be unique. Found repeated mesh_dim_name in mesh_dim_names {mesh_dim_names}"
            )
        if len(mesh_shape) != len(mesh_dim_names):
            raise RuntimeError(
                f"mesh_shape and mesh_dim_names should have same length! Found len(mesh_dim_names): {len(mesh_dim_names)} and "
                f"len(mesh_shape):{len(mesh_shape)}."
            )
    if not device_type.isalpha():
        raise RuntimeError(
            f"Device type with index is not supported but got {device_type}. ",
            "If you maintained a 'torch.device' object, it's recommended to pass in 'device.type'.",
        )
    ranks = tensor(list(range(math.prod(mesh_shape))), dtype=int32).reshape(mesh_shape)
    return DeviceMesh(device_type, ranks, mesh_dim_names=mesh_dim_names)
