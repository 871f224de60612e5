"""`get_unsafe_globals_in_checkpoint`: what a file asks for beyond tensors and plain containers. Nothing of it is run."""

from __future__ import annotations

import pickletools
import zipfile
from collections.abc import Iterator
from typing import Any

from .errors import LoadError
from .restricted import is_allowed

_STRINGS = {"SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8", "UNICODE"}
_MEMO = {"MEMOIZE", "PUT", "BINPUT", "LONG_BINPUT"}
_RECALL = {"GET", "BINGET", "LONG_BINGET"}


def _names_in(pickled: bytes) -> Iterator[tuple[str, str]]:
    """(module, name) of all that a pickle imports, from its opcodes."""
    last: list[Any] = []  # the strings that were put on the stack last
    memo: dict[int, Any] = {}
    for opcode, argument, _ in pickletools.genops(pickled):
        if opcode.name == "GLOBAL":
            module, _, name = str(argument).partition(" ")
            yield module, name
        elif opcode.name == "STACK_GLOBAL":
            if len(last) < 2 or not all(isinstance(text, str) for text in last[-2:]):
                raise LoadError("a damaged pickle: STACK_GLOBAL without two strings")
            yield last[-2], last[-1]
        if opcode.name in _STRINGS:
            last.append(argument)
        elif opcode.name in _MEMO:
            memo[len(memo) if argument is None else int(str(argument))] = last[-1] if last else None
        elif opcode.name in _RECALL:
            last.append(memo.get(int(str(argument))))
        elif opcode.name not in ("PROTO", "FRAME"):
            last.append(None)


def get_unsafe_globals_in_checkpoint(f: Any) -> list[str]:
    """The dotted names of what ``load(f, weights_only=True)`` would refuse: `add_safe_globals` takes them.

    Only for torch's zip format: ValueError for other files.
    """
    if not zipfile.is_zipfile(f):
        raise ValueError("Expected input to be a checkpoint returned by torch.save")
    with zipfile.ZipFile(f) as archive:
        member = next((name for name in archive.namelist() if name.partition("/")[2] == "data.pkl"), None)
        if member is None:
            raise ValueError(
                "Expected input to be a checkpoint returned by torch.save but got a torchscript checkpoint"
            )
        pickled = archive.read(member)
    found = dict.fromkeys(f"{module}.{name}" for module, name in _names_in(pickled) if not is_allowed(module, name))
    return list(found)
