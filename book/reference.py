"""The pages of the reference: signatures and docstrings of what users call, grouped as the package's files are."""

from __future__ import annotations

import inspect
import re
import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from names import PACKAGE, Entry, doc_of, entries_of, listing_namespaces, module_of
from sphinx.ext.napoleon import Config, GoogleDocstring

ROOT = Path(__file__).resolve().parents[1]

# The namespaces in the order of the reference; a new one that has an `__all__` is found and comes last. Those of `SPLIT` get
# a page a file, those of `SHOWN_ELSEWHERE` none.
NAMESPACES = [
    "linalg", "fft", "special", "random", "nn", "nn.functional", "nn.init", "nn.utils", "nn.utils.rnn",
    "nn.utils.parametrize", "nn.utils.parametrizations", "nn.utils.prune", "nn.parallel", "optim",
    "optim.lr_scheduler", "optim.swa_utils", "autograd", "autograd.functional", "autograd.forward_ad", "func", "amp",
    "distributions", "masked", "signal.windows", "utils.data", "utils.checkpoint", "utils.tensorboard",
    "utils.benchmark", "vision.datasets", "vision.transforms", "vision.transforms.functional", "vision.transforms.v2",
    "vision.models", "vision.io", "vision.utils", "io", "profiler", "jit", "onnx", "train", "viz", "distributed",
    "cuda", "accelerator", "cpu", "testing", "course",
]  # fmt: skip
SPLIT = ("nn",)
SHOWN_ELSEWHERE = ("data", "functional", "signal", "vision")  # utils.data, functions without a namespace, those inside

# The functions of the package itself come from many small files of ops/ and its neighbours: a page for each of these themes.
THEMES = {
    "Making tensors": "creation ranges grids data copies windows bridges",
    "Random numbers": "random random_ops gamma_samples",
    "Dtypes, devices, storage": "dtypes devices layouts size storage typeinfo conversion",
    "Element by element": "pointwise functions power bits special_functions bessel calculus",
    "Comparing and choosing": "comparison choosing masking extremes unique",
    "Reductions": "reduction statistics spread cumulative norms norm",
    "Shapes and views": "shape view strided slices resize diagonals joining sharing",
    "Picking and writing": "indexing gather",
    "Linear algebra": "linalg einsum decomposition solving least_squares matrix_functions matrix_powers spectra",
    "Layers as functions": "activation softmax dropout conv pool fractional_pool pad embedding rnn attention loss margin_loss "
    "cross_entropy ctc weight_norm",
    "Sparse tensors": "parts products",
    "Gradients on and off, vmap, compile, files": "modes anomaly batch compiled serialization restricted",
    "Settings": "printing determinism threads autocast_mode old grad_scaler compat legacy",
    "Older names": "oldnames",
}  # fmt: skip


# ------------------------------------------------------------------------------------------------- text
def signature_of(thing: Any) -> str:
    """``(input, dim=None)``, without what says nothing: an annotation ``Any``, the address of a marker."""
    try:
        signature = inspect.signature(thing)
    except (TypeError, ValueError):
        return "(...)"

    def bare(parameter: inspect.Parameter) -> inspect.Parameter:
        annotation, default = parameter.annotation, parameter.default
        if annotation in (Any, "Any"):
            annotation = inspect.Parameter.empty
        if default is not inspect.Parameter.empty:
            default = Literal(readable(default))
        return parameter.replace(
            annotation=Literal(annotation) if isinstance(annotation, str) else annotation, default=default
        )

    parameters = [bare(parameter) for parameter in signature.parameters.values()]
    result = signature.return_annotation
    if result in (Any, None, "Any", "None"):
        result = inspect.Signature.empty
    elif isinstance(result, str):
        result = Literal(result)
    return str(inspect.Signature(parameters, return_annotation=result))


class Literal:
    """Prints as it is, where `inspect` would put quotes around it."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def readable(default: Any) -> str:
    text = getattr(default, "__name__", None) if callable(default) else repr(default)
    return text if text and not re.search(r"<| at 0x|\n", text) else "..."


_MARKED = re.compile(r"(``.+?``|`[^`\n]+`)", re.DOTALL)
_MARKUP = re.compile(r"([\\*|`]|(?<=\w)_(?!\w))")
_NAPOLEON = Config(napoleon_use_param=False, napoleon_use_rtype=False)


def to_rst(text: str, link: Callable[[str], str | None]) -> Iterator[str]:
    """The lines of a docstring as reStructuredText: its prose holds no other markup than backticks, lists and ``::``."""
    lines: list[str] = []
    as_it_is = False
    for block in re.split(r"\n[ \t]*\n", text):
        prose, example = re.fullmatch(r"(?s)(.*?)((?:^|(?<=\n))[ \t]*>>> .*|)", block).groups()  # type: ignore[union-attr]
        if as_it_is and prose:  # formulas below a line that ends in "::"
            lines += [*(f"    {line}" for line in prose.splitlines()), ""]
        else:
            lines += [*escape(prose, link).rstrip().splitlines(), ""]
        as_it_is = prose.rstrip().endswith("::")
        if example:
            lines += [*example.splitlines(), ""]
    return iter(GoogleDocstring(lines, _NAPOLEON).lines())  # type: ignore[arg-type]


def escape(prose: str, link: Callable[[str], str | None]) -> str:
    parts = []
    for part in _MARKED.split(prose):
        if part.startswith("``"):
            parts.append(f"{part}\\ ")  # what follows may be a letter: ``x``s
        elif part.startswith("`") and len(part) > 2:
            name = part.strip("`")
            target = link(name)
            parts.append(f":py:obj:`{name} <{target}>`" if target else f"``{name}``\\ ")
        else:
            parts.append(_MARKUP.sub(r"\\\1", part))
    return "".join(parts)


# ------------------------------------------------------------------------------------------------- pages
class Reference:
    """All entries, and the pages made of them: ``{"api/nn.linear": text}``."""

    def __init__(self) -> None:
        new = [name for name in listing_namespaces() if name not in (*NAMESPACES, *SHOWN_ELSEWHERE)]
        self.entries = {namespace: entries_of(namespace) for namespace in ("", *NAMESPACES, *new)}
        self.merge_classes()
        self.targets: dict[str, dict[str, str]] = {}  # {"Linear": {"nn": "tinygrad_edu.nn.Linear"}}
        for entry in (entry for group in self.entries.values() for entry in group):
            for name in (entry.name, *entry.aliases):
                self.targets.setdefault(name, {})[entry.namespace] = f"{PACKAGE}.{entry.shown}"
        self.pages: dict[str, str] = {}
        self.contents: list[tuple[str, list[str]]] = []  # heading, pages below it
        self.build()

    def merge_classes(self) -> None:
        """A class that several namespaces offer is described in the first of them: nn.DataParallel, nn.parallel.DataParallel."""
        first: dict[int, Entry] = {}
        for group in self.entries.values():
            for entry in [entry for entry in group if isinstance(entry.thing, type)]:
                known = first.setdefault(id(entry.thing), entry)
                if known is not entry:
                    known.aliases.append(entry.shown)
                    group.remove(entry)
        self.entries = {namespace: group for namespace, group in self.entries.items() if group}

    def link(self, name: str, namespace: str) -> str | None:
        """Where a name in a docstring leads: to its own namespace first, else to the only thing of that name."""
        found = self.targets.get(name.removesuffix("()"), {})
        return found.get(namespace) or (next(iter(found.values())) if len(found) == 1 else None)

    def build(self) -> None:
        stems = {stem: theme for theme, words in THEMES.items() for stem in words.split()}
        themes: dict[str, list[Entry]] = {theme: [] for theme in (*THEMES, "More")}
        for entry in self.entries[""]:
            if entry.name != "Tensor":
                themes[stems.get(entry.home.rpartition(".")[2], "More")].append(entry)
        tensor = [self.tensor_page()]
        for theme, entries in themes.items():
            if entries:
                tensor.append(self.page(theme.lower().replace(", ", "-").replace(" ", "-"), theme, "", entries))
        self.contents.append(("Tensors and functions", tensor))
        groups: dict[str, list[str]] = {}
        for namespace in filter(None, self.entries):
            groups.setdefault(namespace.partition(".")[0], []).extend(self.namespace_pages(namespace))
        self.contents += [(f"{PACKAGE}.{top}", pages) for top, pages in groups.items() if len(pages) > 1]
        self.contents.append(("Other namespaces", [pages[0] for pages in groups.values() if len(pages) == 1]))
        self.index_page()

    def namespace_pages(self, namespace: str) -> Iterator[str]:
        entries = self.entries[namespace]
        if namespace not in SPLIT:
            yield self.page(namespace, namespace, namespace, entries)
            return
        homes: dict[str, list[Entry]] = {}
        for entry in entries:
            homes.setdefault(entry.home.rpartition(".")[2], []).append(entry)
        for stem in sorted(homes):
            yield self.page(f"{namespace}.{stem}", f"{namespace}: {stem}", namespace, homes[stem])

    def page(self, name: str, title: str, namespace: str, entries: list[Entry]) -> str:
        lines = [*heading(title, "="), f".. py:currentmodule:: {PACKAGE}", ""]
        homes = sorted({entry.home for entry in entries})
        if namespace and len(homes) != 1:
            lines += self.about(module_of(namespace), namespace)
        for home in homes:
            if len(homes) > 1:
                lines += heading(home.rpartition(".")[2], "-")
            lines += self.about(sys.modules[home], namespace, file=True)
            for entry in entries:
                if entry.home == home:
                    lines += self.described(entry)
        self.pages[f"api/{name}"] = "\n".join(lines)
        return name

    def about(self, module: types.ModuleType, namespace: str, file: bool = False) -> list[str]:
        """What a module says about itself, in its first paragraph."""
        first = (inspect.getdoc(module) or "").partition("\n\n")[0]
        text = [*to_rst(first, lambda name: self.link(name, namespace))]
        path = Path(str(module.__file__)).relative_to(ROOT).as_posix()
        return [*text, "", *([f"*Source:* ``{path}``", ""] if file else [])]

    def described(self, entry: Entry) -> list[str]:
        kind = "class" if isinstance(entry.thing, type) else "function"
        lines = [f".. py:{kind}:: {entry.shown}{signature_of(entry.thing)}", ""]
        body = [*to_rst(doc_of(entry.thing), lambda name: self.link(name, entry.namespace))]
        if entry.aliases:
            body += ["Also: " + ", ".join(f"``{name}``" for name in entry.aliases), ""]
        if isinstance(entry.thing, type):
            for name, member in vars(entry.thing).items():
                body += self.member(name, member, entry)
        return [*lines, *(f"   {line}".rstrip() for line in body), ""]

    def member(self, name: str, member: Any, entry: Entry) -> list[str]:
        """A public method or property with a docstring of its own."""
        function = getattr(member, "__func__", None) or getattr(member, "fget", None) or member
        if name.startswith("_") or not inspect.isfunction(function) or not function.__doc__:
            return []
        prefix = {classmethod: ":classmethod:", staticmethod: ":staticmethod:"}.get(type(member), "")
        kind = "property" if isinstance(member, property) else "method"
        signature = "" if kind == "property" else signature_of(function)
        signature = re.sub(r"\((self|cls)(, )?", "(", signature, count=1)
        text = [*to_rst(inspect.getdoc(function) or "", lambda word: self.link(word, entry.namespace))]
        options = [f"   {prefix}"] if prefix else []
        return [f".. py:{kind}:: {name}{signature}", *options, "", *(f"   {line}".rstrip() for line in text), ""]

    def tensor_page(self) -> str:
        """The class Tensor: what has no function of the same name in full, the other methods as a list of links."""
        tensor = next(entry for entry in self.entries[""] if entry.name == "Tensor")
        functions = {name for entry in self.entries[""] for name in (entry.name, *entry.aliases)}
        body, twins = [], []
        for name in dir(tensor.thing):
            if name.startswith("_"):
                continue
            if name in functions or name.removesuffix("_") in functions:
                twins.append(name)
                continue
            found = next(vars(cls)[name] for cls in tensor.thing.__mro__ if name in vars(cls))
            body += self.member(name, inspect.unwrap(found) if inspect.isfunction(found) else found, tensor)
        lines = [*heading("Tensor", "="), f".. py:currentmodule:: {PACKAGE}", ""]
        text = to_rst(doc_of(tensor.thing), lambda name: self.link(name, ""))
        lines += [
            f".. py:class:: Tensor{signature_of(tensor.thing)}",
            "",
            *(f"   {line}".rstrip() for line in text),
            "",
        ]
        lines += [f"   {line}".rstrip() for line in body]
        lines += ["", *heading("Methods that are functions, too", "-")]
        lines += [
            "``x.sum(dim=0)`` is ``tinygrad_edu.sum(x, dim=0)``; a name with an underscore at its end works in place.",
            "",
        ]
        linked = [(name, self.link(name, "") or self.link(name.removesuffix("_"), "")) for name in twins]
        lines += [
            " · ".join(f":py:obj:`{n.replace('_', chr(92) + '_')} <{to}>`" if to else f"``{n}``" for n, to in linked),
            "",
        ]
        self.pages["api/tensor"] = "\n".join(lines)
        return "tensor"

    def index_page(self) -> None:
        everything = [entry for group in self.entries.values() for entry in group]
        shown = sum(">>>" in doc_of(entry.thing) for entry in everything)
        lines = heading("Reference", "=")
        lines += [
            f"{len(everything):,} functions and classes, each with its signature and its formula or meaning;",
            f"{shown:,} have an example that the tests run. Names and behaviour are PyTorch's;",
            ":doc:`../docs/differences` lists what differs.",
            "",
        ]
        lines += ["The :ref:`genindex` has all of them in alphabetical order; the search (Ctrl+K) finds them, too.", ""]
        for title, pages in self.contents:
            lines += [f".. toctree::\n   :caption: {title}\n   :maxdepth: 1\n"]
            lines += [*(f"   {name}" for name in pages), ""]
        self.pages["api/index"] = "\n".join(lines)


def heading(title: str, line: str) -> list[str]:
    return [title, line * len(title), ""]


def pages() -> dict[str, str]:
    """The text of each page of the reference, by its name in the book."""
    return Reference().pages
