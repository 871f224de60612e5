"""Run whole programs as scripts, statement by statement: ``lesson_steps.py torch|ours program…``; prints JSON.

A process of its own for either side: the programs pickle classes of ``__main__``, start workers, and want torchvision beside torch.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import linecache
import sys
import types
import warnings
from pathlib import Path


def run(path: str) -> list[tuple[int, str]]:
    """(line, what came of it) of each statement of a program, warnings included; an exception ends only its statement."""
    source = Path(path).read_text(encoding="utf-8")
    linecache.cache[path] = (len(source), None, source.splitlines(keepends=True), path)
    main = types.ModuleType("__main__")
    sys.modules["__main__"] = main
    sys.argv = [path]
    found = []
    for statement in ast.parse(source).body:
        out = io.StringIO()
        with contextlib.redirect_stdout(out), warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always")
            try:
                if isinstance(statement, ast.Expr):
                    value = eval(compile(ast.Expression(statement.value), path, "eval"), vars(main))
                    if value is not None:
                        print(repr(value))
                else:
                    exec(compile(ast.Module([statement], []), path, "exec"), vars(main))
            except Exception as error:
                print(f"{type(error).__name__}: {error}")
        texts = [f"{w.category.__name__}: {str(w.message).split('(Triggered')[0].strip()}" for w in heard]
        found.append((statement.lineno, "\n".join([out.getvalue().strip(), *texts])))
    return found


if __name__ == "__main__":
    if sys.argv[1] == "ours":
        import tinygrad_edu

        tinygrad_edu.install_as_torch()
    else:
        import torchvision_ops  # noqa: F401
    print("@@" + json.dumps({Path(p).stem: run(p) for p in sys.argv[2:]}))
