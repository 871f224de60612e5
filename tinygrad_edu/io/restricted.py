"""A pickle reader that makes tensors and plain containers, and nothing else.

A pickle is a program: its opcodes may import any module and call anything in it. This reader knows the opcodes that
plain data needs; names lead to a fixed table, only what is in that table is called, and no attribute of anything else
is set.
"""

from __future__ import annotations

import pickle
import struct
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, BinaryIO

from ..dtypes import dtype
from .storage import BUILDERS, constant

_NEVER = ("sys", "os", "posix", "nt")
_user_allowed: dict[tuple[str, str], Any] = {}


def add_safe_globals(safe_globals: Iterable[Any]) -> None:
    """Let ``load(…, weights_only=True)`` use these classes and functions too.

    Each is a class or function, or a pair of it and the dotted name under which files know it. Only add what you would
    let a stranger's file call with any arguments.

    >>> from pathlib import PurePosixPath
    >>> add_safe_globals([PurePosixPath]); get_safe_globals()
    [<class 'pathlib.PurePosixPath'>]
    >>> clear_safe_globals()
    """
    for entry in safe_globals:
        if isinstance(entry, tuple):
            if len(entry) != 2:
                raise ValueError(
                    f"Expected tuple of length 2 (global, str of callable full path), but got tuple of length: "
                    f"{len(entry)}"
                )
            thing, name = entry
            if not isinstance(name, str):
                raise TypeError(f"Expected second item in tuple to be str of callable full path, but got: {type(name)}")
            module, _, name = name.rpartition(".")
        else:
            thing, module, name = entry, entry.__module__, entry.__qualname__
        _user_allowed[module, name] = thing


def get_safe_globals() -> list[Any]:
    """What `add_safe_globals` has added."""
    return list(_user_allowed.values())


def clear_safe_globals() -> None:
    """Forget what `add_safe_globals` has added."""
    _user_allowed.clear()


class safe_globals:
    """A ``with`` block in which `add_safe_globals` holds."""

    def __init__(self, safe_globals: Iterable[Any]) -> None:
        self._added = list(safe_globals)

    def __enter__(self) -> None:
        self._before = dict(_user_allowed)
        add_safe_globals(self._added)

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        clear_safe_globals()
        _user_allowed.update(self._before)


class Refused(pickle.UnpicklingError):
    """The pickle asks for something that plain data does not need."""


_OLD_MODULES = {"__builtin__": "builtins", "copy_reg": "copyreg"}


def _allowed(module: str, name: str) -> Any:
    """What a name in a pickle stands for; None where it is refused."""
    for table in (BUILDERS, _user_allowed):
        if (module, name) in table:
            return table[module, name]
    return Counter if (module, name) == ("collections", "Counter") else constant(module, name)


def is_allowed(module: str, name: str) -> bool:
    """Whether the restricted reader knows a name."""
    return _allowed(_OLD_MODULES.get(module, module), name) is not None


class RestrictedUnpickler:
    """Reads one pickle from ``file``; ``persistent_load`` turns the ids of storages into storages."""

    def __init__(self, file: BinaryIO, persistent_load: Callable[[Any], Any], encoding: str = "utf-8") -> None:
        self._file, self._persistent_load, self._encoding = file, persistent_load, encoding
        self._stack: list[Any] = []
        self._below: list[list[Any]] = []  # the stacks under each open mark
        self._memo: dict[int, Any] = {}

    def load(self) -> Any:
        """The object that the pickle describes; `Refused` for what is not allowed, other errors for a damaged one."""
        while True:
            code = self._file.read(1)
            if not code:
                raise EOFError("the pickle ends too early")
            if code == pickle.STOP:
                return self._stack.pop()
            try:
                step = _STEPS[code]
            except KeyError:
                raise Refused(f"Unsupported operand {code[0]}") from None
            step(self)

    # ---------------------------------------------------------------------------------------- reading bytes
    def _read(self, n: int) -> bytes:
        data = self._file.read(n)
        if len(data) != n:
            raise EOFError("the pickle ends too early")
        return data

    def _number(self, form: str) -> Any:
        return struct.unpack(form, self._read(struct.calcsize(form)))[0]

    def _sized(self, form: str) -> bytes:
        n = self._number(form)
        if n < 0:
            raise ValueError("negative length")
        # A length that lies must not cost memory: read in pieces until the bytes run out.
        pieces = [self._read(min(1 << 20, n - start)) for start in range(0, n, 1 << 20)]
        return b"".join(pieces)

    def _line(self) -> str:
        line = self._file.readline()
        if not line.endswith(b"\n"):
            raise EOFError("the pickle ends too early")
        return line[:-1].decode("utf-8")

    # ------------------------------------------------------------------------------------------- the stack
    def _since_mark(self) -> list[Any]:
        items, self._stack = self._stack, self._below.pop()
        return items

    def _mark(self) -> None:
        self._below.append(self._stack)
        self._stack = []

    def _discard(self, what: Any) -> None:
        """Nothing: the value or bytes are already taken."""

    def _push(self, value: Any) -> None:
        self._stack.append(value)

    def _keep(self, index: int) -> None:
        self._memo[index] = self._stack[-1]

    def _tuple(self, n: int) -> None:
        at = len(self._stack) - n
        if at < 0:
            raise IndexError("a tuple of more than there is")
        self._stack[at:] = [tuple(self._stack[at:])]

    # ----------------------------------------------------------------------------------------- containers
    def _append(self, items: list[Any]) -> None:
        target = self._stack[-1]
        if type(target) is not list:
            raise Refused(f"Can only append to lists, but got {type(target)}")
        target.extend(items)

    def _set_items(self, items: list[Any]) -> None:
        target = self._stack[-1]
        if type(target) not in (dict, OrderedDict, Counter):
            raise Refused(
                f"Can only SETITEM for dict, collections.OrderedDict, collections.Counter, but got {type(target)}"
            )
        for key, value in zip(items[::2], items[1::2], strict=True):
            target[_plain_key(key)] = value

    def _add(self, items: list[Any]) -> None:
        target = self._stack[-1]
        if type(target) is not set:
            raise Refused(f"Can only add items to sets, but got {type(target)}")
        target.update(map(_plain_key, items))

    # ---------------------------------------------------------------------------------- names, calls, state
    def _global(self, module: str, name: str) -> None:
        module = _OLD_MODULES.get(module, module)
        if (found := _allowed(module, name)) is not None:
            return self._push(found)
        full = f"{module}.{name}"
        if module in _NEVER:
            raise Refused(f"Trying to load unsupported GLOBAL {full} whose module {module} is blocked.")
        raise Refused(
            f"Unsupported global: GLOBAL {full} was not an allowed global by default. Please use "
            f"`add_safe_globals([{full}])` or the `safe_globals([{full}])` context manager to allowlist this "
            "global if you trust this class/function."
        )

    def _stack_global(self) -> None:
        name, module = self._stack.pop(), self._stack.pop()
        if type(name) is not str or type(module) is not str:
            raise Refused("STACK_GLOBAL needs two strings")
        self._global(module, name)

    def _reduce(self) -> None:
        args, call = self._stack.pop(), self._stack.pop()
        if type(args) is not tuple:
            raise Refused(f"REDUCE needs a tuple of arguments, but got {type(args)}")
        if any(call is allowed for allowed in (set, frozenset, OrderedDict, Counter)):
            args = _container_args(call, args)
        elif not any(call is allowed for table in (BUILDERS, _user_allowed) for allowed in table.values()):
            raise Refused(f"Trying to call reduce for unrecognized function {call}")
        self._push(call(*args))

    def _new_object(self, keywords: bool = False) -> None:
        kwargs = self._stack.pop() if keywords else {}
        args, kind = self._stack.pop(), self._stack.pop()
        if not any(kind is allowed for allowed in _user_allowed.values()):
            raise Refused(
                "Can only create new object for nn.Parameter or classes allowlisted "
                f"via `add_safe_globals` but got {kind}"
            )
        self._push(kind.__new__(kind, *args, **kwargs))

    def _build(self) -> None:
        state, target = self._stack.pop(), self._stack[-1]
        kind = type(target)
        if kind is OrderedDict:  # a state_dict carries its `_metadata` so
            for name, value in state.items():
                if type(name) is not str or hasattr(OrderedDict, name):
                    raise Refused(f"an OrderedDict cannot have an attribute {name!r} from a file")
                target.__dict__[name] = value
        elif any(kind is allowed for allowed in _user_allowed.values()):
            _set_state(target, state)
        else:
            raise Refused(
                "Can only build Tensor, Parameter, OrderedDict or types allowlisted "
                f"via `add_safe_globals`, but got {kind}"
            )

    def _persistent(self) -> None:
        pid = self._stack.pop()
        if type(pid) is not tuple and type(pid) is not int:
            raise Refused(f"persistent_load id must be tuple or int, but got {type(pid)}")
        if type(pid) is tuple and (not pid or pid[0] not in ("storage", b"storage")):
            raise Refused(f"Only persistent_load of storage is allowed, but got {pid[:1]}")
        self._push(self._persistent_load(pid))

    def _short_string(self) -> None:
        data = self._sized("<B")
        self._push(data if self._encoding == "bytes" else data.decode(self._encoding))

    def _protocol(self) -> None:
        if self._number("<B") > 5:
            raise Refused("a pickle protocol newer than 5")


def _plain_key(key: Any, depth: int = 0) -> Any:
    """`key`, when hashing it is cheap: tuples that share their parts, or many huge ints of one hash, take for ever."""
    if key is None or isinstance(key, (str, bytes, float, dtype)):
        return key
    if isinstance(key, int) and key.bit_length() <= 64:
        return key
    if type(key) is tuple or type(key).__name__ == "Size":
        if depth > 3 or len(key) > 64:
            raise Refused("a tuple as a key is too large")
        for part in key:
            _plain_key(part, depth + 1)
        return key
    if any(type(key) is allowed for allowed in (*_user_allowed.values(), frozenset)):
        return key
    raise Refused(f"a {type(key).__name__} as a key")


def _container_args(kind: Any, args: tuple[Any, ...]) -> tuple[Any, ...]:
    """The arguments of a container's constructor: nothing, or one plain container of plain keys."""
    if not args:
        return args
    (items,) = args
    if kind in (set, frozenset) and type(items) in (list, tuple):
        return ([_plain_key(item) for item in items],)
    if kind is Counter and type(items) is dict:
        return args
    if kind is OrderedDict and type(items) in (list, dict):
        pairs = items.items() if type(items) is dict else items
        return ([(_plain_key(key), value) for key, value in pairs],)
    raise Refused(f"{kind.__name__} of a {type(items).__name__}")


def _set_state(target: Any, state: Any) -> None:
    """As pickle does for an object of an allowed class."""
    if hasattr(target, "__setstate__"):
        target.__setstate__(state)
        return
    slots = None
    if type(state) is tuple and len(state) == 2:
        state, slots = state
    if state:
        target.__dict__.update(state)
    for name, value in (slots or {}).items():
        setattr(target, name, value)


_R = RestrictedUnpickler
_STEPS: dict[bytes, Callable[[RestrictedUnpickler], None]] = {
    pickle.PROTO: _R._protocol,
    pickle.FRAME: lambda r: r._discard(r._read(8)),
    # constants
    pickle.NONE: lambda r: r._push(None),
    pickle.NEWTRUE: lambda r: r._push(True),
    pickle.NEWFALSE: lambda r: r._push(False),
    pickle.BININT: lambda r: r._push(r._number("<i")),
    pickle.BININT1: lambda r: r._push(r._number("<B")),
    pickle.BININT2: lambda r: r._push(r._number("<H")),
    pickle.LONG1: lambda r: r._push(int.from_bytes(r._sized("<B"), "little", signed=True)),
    pickle.BINFLOAT: lambda r: r._push(r._number(">d")),
    pickle.BINUNICODE: lambda r: r._push(r._sized("<I").decode("utf-8", "surrogatepass")),
    pickle.SHORT_BINUNICODE: lambda r: r._push(r._sized("<B").decode("utf-8", "surrogatepass")),
    pickle.BINUNICODE8: lambda r: r._push(r._sized("<Q").decode("utf-8", "surrogatepass")),
    pickle.SHORT_BINSTRING: _R._short_string,
    pickle.BINBYTES: lambda r: r._push(r._sized("<I")),
    pickle.SHORT_BINBYTES: lambda r: r._push(r._sized("<B")),
    pickle.BINBYTES8: lambda r: r._push(r._sized("<Q")),
    pickle.BYTEARRAY8: lambda r: r._push(bytearray(r._sized("<Q"))),
    # containers
    pickle.EMPTY_TUPLE: lambda r: r._push(()),
    pickle.EMPTY_LIST: lambda r: r._push([]),
    pickle.EMPTY_DICT: lambda r: r._push({}),
    pickle.EMPTY_SET: lambda r: r._push(set()),
    pickle.TUPLE: lambda r: r._push(tuple(r._since_mark())),
    pickle.TUPLE1: lambda r: r._tuple(1),
    pickle.TUPLE2: lambda r: r._tuple(2),
    pickle.TUPLE3: lambda r: r._tuple(3),
    pickle.FROZENSET: lambda r: r._push(frozenset(map(_plain_key, r._since_mark()))),
    pickle.APPEND: lambda r: r._append([r._stack.pop()]),
    pickle.APPENDS: lambda r: r._append(r._since_mark()),
    pickle.SETITEM: lambda r: r._set_items([r._stack.pop(-2), r._stack.pop()]),
    pickle.SETITEMS: lambda r: r._set_items(r._since_mark()),
    pickle.ADDITEMS: lambda r: r._add(r._since_mark()),
    # the stack and the memo
    pickle.MARK: _R._mark,
    pickle.POP: lambda r: r._discard(r._stack.pop()),
    pickle.DUP: lambda r: r._push(r._stack[-1]),
    pickle.POP_MARK: lambda r: r._discard(r._since_mark()),
    pickle.BINGET: lambda r: r._push(r._memo[r._number("<B")]),
    pickle.LONG_BINGET: lambda r: r._push(r._memo[r._number("<I")]),
    pickle.BINPUT: lambda r: r._keep(r._number("<B")),
    pickle.LONG_BINPUT: lambda r: r._keep(r._number("<I")),
    pickle.MEMOIZE: lambda r: r._keep(len(r._memo)),
    # names, calls, state
    pickle.GLOBAL: lambda r: r._global(r._line(), r._line()),
    pickle.STACK_GLOBAL: _R._stack_global,
    pickle.REDUCE: _R._reduce,
    pickle.NEWOBJ: _R._new_object,
    pickle.NEWOBJ_EX: lambda r: r._new_object(keywords=True),
    pickle.BUILD: _R._build,
    pickle.BINPERSID: _R._persistent,
}
