"""Write ``tinygrad_edu/ops/signatures.py``: the signatures of torch's built-in functions and methods that we have too.

Run after adding operations: ``python tools/make_signatures.py`` (needs torch); names that the file knows already are left as they
are. torch shows the signatures of an overloaded
function when it is called wrongly; those of the others are in its operator schemas.
"""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
OPTIONS = (
    "torch.dtype dtype = None, torch.layout layout = None, torch.device device = None, bool pin_memory = False, "
    "bool requires_grad = False"
)
TYPES = {
    "Tensor": "Tensor", "int": "int", "SymInt": "int", "float": "float", "bool": "bool", "str": "str", "Scalar": "Number",
    "number": "Number", "ScalarType": "torch.dtype", "Generator": "torch.Generator", "Device": "torch.device",
    "Layout": "torch.layout", "MemoryFormat": "torch.memory_format",
}  # fmt: skip
LISTS = {"Tensor": "tuple of Tensors", "int": "tuple of ints", "float": "tuple of floats", "Number": "tuple of Scalars",
         "bool": "tuple of bools"}  # fmt: skip
# not in the schemas as Python knows them
BY_HAND = {
    "range": ["Number start, Number end, Number step = 1, *, Tensor out = None, " + OPTIONS],
    "tensor": ["object data, *, torch.dtype dtype = None, torch.device device = None, bool pin_memory = False, "
               "bool requires_grad = False"],
    "as_tensor": ["object data, torch.dtype dtype = None, torch.device device = None"],
    "asarray": ["object obj, *, torch.dtype dtype = None, torch.device device = None, bool? copy = None, "
                "bool requires_grad = False"],
    "view_as_complex": ["Tensor input"],
    "polar": ["Tensor abs, Tensor angle, *, Tensor out = None"],
    "unbind": ["Tensor input, int dim = 0"],
    "chunk": ["Tensor input, int chunks, int dim = 0"],
    "select": ["Tensor input, int dim, int index"],
    "split_with_sizes": ["Tensor input, tuple of ints split_sizes, int dim = 0"],
    "new_tensor": ["Tensor input, object data, *, torch.dtype dtype = None, torch.device device = None, "
                   "bool pin_memory = False, bool requires_grad = False"],
    "copy_": ["Tensor input, Tensor other, bool non_blocking = False"],
    "untyped_storage": ["Tensor input"],
    "frexp": ["Tensor input, *, Tensor out = None"],
    "kthvalue": ["Tensor input, int k, int dim = -1, bool keepdim = False, *, Tensor out = None"],
    "mode": ["Tensor input, int dim = -1, bool keepdim = False, *, Tensor out = None"],
    "svd": ["Tensor input, bool some = True, bool compute_uv = True, *, Tensor out = None"],
    "topk": ["Tensor input, int k, int dim = -1, bool largest = True, bool sorted = True, *, Tensor out = None"],
}  # fmt: skip
SIMPLE = {
    "neg", "angle", "sin", "cos", "tan", "tanh", "sqrt", "exp", "expm1", "log", "log10", "log1p", "ceil", "floor",
    "isinf", "isnan", "isfinite", "erf", "erfc", "gamma", "lgamma", "asinh", "acosh", "atanh", "sinh", "cosh", "asin",
    "acos", "atan", "degrees", "radians",
}  # fmt: skip
ARITHMETIC = {"add": "alpha", "sub": "alpha", "mul": "", "atan2": "", "gcd": "", "ldexp": ""}
CASTS = [
    "cpu",
    "bfloat16",
    "bool",
    "byte",
    "cdouble",
    "cfloat",
    "char",
    "double",
    "float",
    "half",
    "int",
    "long",
    "short",
]


ONE_DIM = {
    "sum",
    "mean",
    "std",
    "var",
    "std_mean",
    "var_mean",
}  # take one number for a tuple of dimensions; no list says so


def completed(name: str, texts: list[str]) -> list[str]:
    """What torch's list of signatures does not show: that one number or None may stand for the dimensions."""
    return [t.replace("tuple of ints dim", "tuple of ints[1]? dim") for t in texts] if name in ONE_DIM else texts


LEFT_OUT = {"dequantize", "is_distributed"}  # about tensors that we have not: ours take anything


class Odd:
    """What no function takes."""


def shown(call: Callable[..., Any]) -> list[str] | None:
    """The signatures that torch lists when it is called wrongly, if it does ("! …": there are old ones that it hides)."""
    for n in range(9):
        try:
            call(*[Odd()] * n)
        except TypeError as error:
            if "expected one of:" in str(error):
                return re.findall(r"^ \* \((.*)\)$", str(error), re.M)
            if hidden := re.search(r"but expected \((.*)\)$", str(error)):
                return [f"! {hidden[1]}"]
        except Exception:
            continue
    return None


def schemas(name: str) -> list[str] | None:
    """The one signature that the operator's schema says; None where there are several that Python knows apart."""
    import torch

    found = [s for s in torch._C._jit_get_schemas_for_operator(f"aten::{name}") if "Dimname" not in str(s)]
    out = any(s.overload_name.endswith("out") for s in found)
    texts = {translate(s, out) for s in found if not s.overload_name.endswith("out")}
    return [texts.pop()] if len(texts) == 1 and None not in texts else None  # type: ignore[list-item]


def translate(schema: Any, out: bool) -> str | None:
    """A schema in the notation of torch's error messages."""
    text = str(schema).split("->")[0]
    parts: list[str] = []
    for a in schema.arguments:
        found = re.search(rf"(?:\(|, (?:\*, )?)([A-Za-z]+)(?:\([a-z!]+\))?(\??)((?:\[\d*\])?)(\??) {a.name}[=,)]", text)
        if found is None or found[1] not in TYPES:
            return None
        kind, none = TYPES[found[1]], found[4] if found[3] else found[2]
        if found[3]:
            kind = LISTS[kind] + ("" if found[3] == "[]" else found[3])
        default = ""
        if a.has_default_value():
            default = f" = {a.default_value}".replace("[", "(").replace("]", ")").replace("(,", "(")
            default = re.sub(r" = \(.*\)", lambda m: " = " + m[0][3:].replace(", ", ","), default)
        if none and default != " = None":
            kind += "?"
        if a.kwarg_only and "*" not in parts:
            parts.append("*")
        parts.append(f"{kind} {'input' if a.name == 'self' else a.name}{default}")
    if out:
        parts += ([] if "*" in parts else ["*"]) + ["Tensor out = None"]
    return ", ".join(parts)


def of_function(name: str, function: Any) -> list[str] | None:
    listed = shown(function) if function is not None else None
    if listed:
        return completed(name, listed)
    if name in BY_HAND:
        return BY_HAND[name]
    if name in SIMPLE:
        return ["Tensor input, *, Tensor out = None"]
    if name in ARITHMETIC:
        alpha = "Number alpha = 1, " if ARITHMETIC[name] else ""
        return [f"Tensor input, Tensor other, *, {alpha}Tensor out = None"]
    return schemas(name)


def method_of(signature: str) -> str:
    """The method's signature, from the function's."""
    parts = [p for p in signature.split(", ")[1:] if p != "Tensor out = None"]
    text = ", ".join(parts[:-1] if parts and parts[-1] == "*" else parts)
    return f"! {text}" if signature.startswith("! ") else text


def mended(lines: list[str]) -> list[str]:
    """The lines for names that are new; what stands in the file stays, some of it put right by hand."""
    from tinygrad_edu.ops.signatures import TABLE

    kept = TABLE.strip().splitlines()
    known = {line.partition(":")[0] for line in kept} | LEFT_OUT
    return sorted([*kept, *(line for line in lines if line.partition(":")[0] not in known)], key=place_of)


def place_of(line: str) -> tuple[bool, bool, str]:
    """Functions first, then those of modules ("linalg.…"), then methods ("."); lines of one name stay in their order."""
    name = line.partition(":")[0]
    return name.startswith("."), "." in name, name


def main() -> None:
    import torch

    sys.path.insert(0, str(ROOT))
    from tinygrad_edu.ops import registry

    warnings.simplefilter("ignore")
    lines: list[str] = []
    functions: dict[str, list[str]] = {}
    for name in sorted(registry.functions):
        function = getattr(torch, name, None)
        if type(function).__name__ == "builtin_function_or_method" or name in BY_HAND:
            found = of_function(name, function)
            if found:
                functions[name] = found
                lines += [f"{name}: {text}" for text in found]
            else:
                print(f"no signature for {name}", file=sys.stderr)
    spaces = {
        "linalg": torch.linalg, "fft": torch.fft, "special": torch.special, "functional": torch.nn.functional,
    }  # fmt: skip
    for word, space in spaces.items():
        for name in sorted(getattr(registry, word)):
            function = getattr(space, name, None)
            if type(function).__name__ == "builtin_function_or_method":
                found = shown(function) or schemas(name if word == "functional" else f"{word}_{name}")
                found = functions.get(name, found) if word == "functional" else found
                if not found:
                    print(f"no signature for {word}.{name}", file=sys.stderr)
                lines += [f"{word}.{name}: {text}" for text in found or []]
    x = torch.zeros(2, 2)
    for name in sorted(registry.methods):
        if type(getattr(torch.Tensor, name, None)).__name__ != "method_descriptor":
            continue
        base = name.removesuffix("_") if name not in BY_HAND else name
        listed = shown(getattr(x, name))
        if name in ("mm", "bmm"):
            found = ["Tensor mat2"]
        elif name in CASTS:
            found = ["*, torch.memory_format memory_format = None"]
        elif listed:
            found = completed(base, listed)
        elif base in SIMPLE | set(ARITHMETIC) or name in BY_HAND:
            found = [method_of(text) for text in of_function(base, None) or []]
        else:
            found = [method_of(text) for text in schemas(name) or []]
        if not found:
            print(f"no signature for .{name}", file=sys.stderr)
        elif found != [method_of(text) for text in functions.get(base, [])]:
            lines += [f".{name}: {text}" for text in found]
    whole = ", bool pin_memory = False, bool requires_grad = False"
    lines = [line.replace(", bool pin_memory = None", whole) for line in lines if not line.startswith(".new:")]
    text = "\n".join(mended(lines)).replace(OPTIONS, "$options")
    (ROOT / "tinygrad_edu" / "ops" / "signatures.py").write_text(
        '"""How torch\'s functions and (with a dot, without the tensor itself) methods are called; see `_signature`.\n\n'
        'Written by tools/make_signatures.py.\n"""\n\n'
        f'OPTIONS = (\n    "{OPTIONS[:87]}"\n    "{OPTIONS[87:]}"\n)\n\nTABLE = """\n{text}\n"""\n'
    )


if __name__ == "__main__":
    main()
