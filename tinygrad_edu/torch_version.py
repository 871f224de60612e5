"""``torch.torch_version``: a version number as text that compares as a version."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

_VERSION = re.compile(
    r"v?(?P<release>\d+(\.\d+)*)([._-]?(?P<stage>dev|alpha|beta|preview|post|rev|pre|rc|a|b|c|r)[._-]?(?P<number>\d*))?"
    r"(\.dev\d*)?(\+(?P<local>[a-z0-9]+([._-][a-z0-9]+)*))?"
)
_STAGES = {
    "dev": -4,
    "a": -3,
    "alpha": -3,
    "b": -2,
    "beta": -2,
    "post": 1,
    "rev": 1,
    "r": 1,
}  # -1: candidates; 0: the release


def _key(version: Any) -> Any:
    """What orders versions, after PEP 440; None for text that is no version."""
    text = version if isinstance(version, str) else ".".join(map(str, version))
    found = _VERSION.fullmatch(text.strip().lower())
    if found is None:
        return None
    release = [int(n) for n in found["release"].split(".")]
    while release and release[-1] == 0:  # 2.0 is 2
        release.pop()
    stage = (0, 0) if found["stage"] is None else (_STAGES.get(found["stage"], -1), int(found["number"] or 0))
    local = re.split("[._-]", found["local"]) if found["local"] else []
    return release, stage, [(1, int(part), "") if part.isdigit() else (0, 0, part) for part in local]


class TorchVersion(str):
    """Text such as ``2.13.0+cpu`` that compares with other versions number by number, and so does with tuples.

    >>> TorchVersion("2.13.0") > "2.2", TorchVersion("2.13.0") > (2, 2), "2.13.0" > "2.2"
    (True, True, False)
    """

    def _compare(self, other: Any, name: str) -> Any:
        if not isinstance(other, Iterable):
            return NotImplemented
        mine, yours = _key(str(self)), _key(other)
        if mine is None or yours is None:
            return getattr(str(self), name)(other)
        return getattr(mine, name)(yours)

    def __gt__(self, other: Any) -> Any:
        return self._compare(other, "__gt__")

    def __lt__(self, other: Any) -> Any:
        return self._compare(other, "__lt__")

    def __ge__(self, other: Any) -> Any:
        return self._compare(other, "__ge__")

    def __le__(self, other: Any) -> Any:
        return self._compare(other, "__le__")

    def __eq__(self, other: object) -> Any:
        return self._compare(other, "__eq__")

    __hash__ = str.__hash__
