"""The names of the package that users call, each with the file where it stands."""

from __future__ import annotations

import ast
import importlib
import inspect
import sys
import types
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

PACKAGE = "tinygrad_edu"


@dataclass
class Entry:
    """One name: what it is, and the other names of the same thing."""

    namespace: str  # "nn.functional"; "" is the package itself
    name: str
    thing: Any
    aliases: list[str] = field(default_factory=list)
    home: str = ""  # the module that defines it

    @property
    def shown(self) -> str:
        return f"{self.namespace}.{self.name}" if self.namespace else self.name


def module_of(namespace: str) -> types.ModuleType:
    return importlib.import_module(f"{PACKAGE}.{namespace}" if namespace else PACKAGE)


def listing_namespaces() -> list[str]:
    """The package's own namespaces that say themselves, by an ``__all__``, what they offer."""
    package = module_of("")
    found = [name for name in dir(package) if isinstance(getattr(package, name), types.ModuleType)]
    return [name for name in sorted(found) if not name.startswith("_") and hasattr(getattr(package, name), "__all__")]


@cache
def definitions(module: str) -> frozenset[str]:
    """The names that a module's own source defines or assigns."""
    tree = ast.parse(Path(str(sys.modules[module].__file__)).read_text(encoding="utf-8"))
    found = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found.update(n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name))
    return frozenset(found)


def modules_by_file() -> dict[str, str]:
    """The package's modules that are loaded by now: some namespaces load theirs when a name is asked for."""
    modules = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == PACKAGE}
    return {str(module.__file__): name for name, module in modules.items() if hasattr(module, "__file__")}


def home_of(names: set[str], thing: Any) -> str:
    """The module where something stands. A line of a table (``tanh = unary(…)``) has no `def`: its assignment is looked for."""
    plain = inspect.unwrap(thing) if callable(thing) else thing
    code = getattr(plain, "__code__", None)
    module = modules_by_file().get(code.co_filename, "") if code is not None else getattr(plain, "__module__", "") or ""
    if module == PACKAGE:  # a class made by its metaclass
        return next(each for each in modules_by_file().values() if type(plain).__name__ in definitions(each))
    names = {*names, getattr(plain, "__name__", "")}
    if names & definitions(module):
        return module
    tables = sorted(each for each in modules_by_file().values() if each.startswith(f"{PACKAGE}.ops."))
    return next((each for each in tables if names & definitions(each)), module)


def is_ours(thing: Any) -> bool:
    module = getattr(thing, "__module__", None) or ""
    return callable(thing) and not isinstance(thing, types.ModuleType) and module.partition(".")[0] == PACKAGE


def doc_of(thing: Any) -> str:
    """The docstring; a class may have it from another class of ours, but not from Python's (an Enum would)."""
    if isinstance(thing, type):
        ours = (cls for cls in thing.__mro__ if is_ours(cls))
        return next((inspect.cleandoc(text) for cls in ours if (text := vars(cls).get("__doc__"))), "")
    return inspect.getdoc(thing) or ""


def is_of(thing: Any, namespace: str) -> bool:
    """Whether something is published there, and not only used there; errors may stand deeper in the house."""
    module = getattr(thing, "__module__", None) or ""
    return f"{module}.".startswith(f"{namespace}.") or (isinstance(thing, type) and issubclass(thing, Exception))


def entries_of(namespace: str) -> list[Entry]:
    """What a namespace offers, one entry a thing: names for the same thing stand together."""
    module = module_of(namespace)
    names = getattr(module, "__all__", None) or [
        name
        for name in dir(module)
        if not name.startswith("_") and (not namespace or is_of(getattr(module, name), f"{PACKAGE}.{namespace}"))
    ]
    found: dict[Any, Entry] = {}
    for name in sorted(names, key=lambda name: (name.endswith("_"), name.lower())):
        thing = getattr(module, name)
        if not is_ours(thing) or not (doc_of(thing) or isinstance(thing, type)):
            continue
        known = found.get(thing_key(thing))
        if known is None:
            found[thing_key(thing)] = Entry(namespace, name, thing)
        else:
            known.aliases.append(name)
    in_place = {e.name: key for key, e in found.items() if e.name.endswith("_") and not isinstance(e.thing, type)}
    by_name = {e.name: e for e in found.values()}
    for name, key in in_place.items():  # abs_ stands with abs
        if plain := by_name.get(name.removesuffix("_")):
            plain.aliases += [name, *found.pop(key).aliases]
    for entry in found.values():
        own = getattr(inspect.unwrap(entry.thing), "__name__", entry.name)
        if own in entry.aliases:  # absolute is abs, not the other way round
            entry.aliases = sorted({*entry.aliases, entry.name} - {own})
            entry.name = own
        entry.home = home_of({entry.name, *entry.aliases}, entry.thing)
    return sorted(found.values(), key=lambda entry: entry.name.lower())


def thing_key(thing: Any) -> Any:
    return id(inspect.unwrap(thing))
