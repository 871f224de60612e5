"""Run a program statement by statement and say what each one prints, or raises.

``python statements.py program.py …`` does so with this package in torch's place and prints the outcomes as JSON; with the real torch,
`outcomes` is called where it is.
"""

from __future__ import annotations

import ast
import contextlib
import inspect
import io
import json
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DIFFERS = "  # differs: "  # at the end of a statement's last line: why it does


def _shown(value: Any, torch: Any, depth: int = 0) -> str:
    if isinstance(value, torch.Tensor):
        with torch._C.DisableTorchFunctionSubclass():
            if value.is_inference() or value.layout is not torch.strided:
                return repr(value)
            return f"{value!r} {tuple(value.stride())}"
    if type(value) in (list, tuple) and depth < 3:
        return f"{type(value).__name__}({', '.join(_shown(v, torch, depth + 1) for v in value)})"
    if inspect.isroutine(value) or isinstance(value, type):
        return f"<callable {getattr(value, '__name__', '')}>"
    return repr(value)


def outcomes(path: Path, torch: Any) -> Iterator[tuple[str, str]]:
    """(statement, what it printed) for each statement at the top of the program."""
    source = path.read_text()
    names: dict[str, Any] = {"__name__": "program", "torch": torch}
    torch.manual_seed(0)
    for node in ast.parse(source).body:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                if isinstance(node, ast.Expr):
                    value = eval(compile(ast.Expression(node.value), path.name, "eval"), names)
                    if value is not None:
                        print(_shown(value, torch))
                else:
                    exec(compile(ast.Module([node], []), path.name, "exec"), names)
            except Exception as error:
                print(f"{type(error).__name__}: {error}")
        lines = source.splitlines()[node.lineno - 1 : node.end_lineno]
        yield "\n".join(lines), printed.getvalue()


if __name__ == "__main__":
    import tinygrad_edu

    ours = tinygrad_edu.install_as_torch()
    print(json.dumps([list(outcomes(Path(path), ours)) for path in sys.argv[1:]]))
