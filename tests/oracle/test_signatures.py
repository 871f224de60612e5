"""Wrong calls of every published function and method: the same TypeError, word for word, as torch's."""

from __future__ import annotations

from functools import partial
from operator import attrgetter

import pytest
import torch
from oracle.harness import OURS, outcome
from oracle.opinfo import described, made, operations, samples

import tinygrad_edu as tg
from tinygrad_edu.ops import registry
from tinygrad_edu.ops._signature import Signature, call_error
from tinygrad_edu.ops.signatures import OPTIONS, TABLE


class Odd:
    """What no function takes."""


ODD = Odd()
NAMES = sorted(
    {line.split(": ")[0] for line in TABLE.strip().splitlines() if not line.startswith(".")} & set(registry.functions)
)
METHODS = sorted(
    name for name in registry.methods if type(getattr(torch.Tensor, name, None)).__name__ == "method_descriptor"
)
CALLS = {
    "nothing": ((), {}), "odd": ((ODD,), {}), "two": ((ODD, ODD), {}), "list": (([ODD],), {}), "name": ((), {"foo": 1}), "odd and a name": ((ODD,), {"foo": 1}),
    "many": ((ODD,) * 9, {}), "text": (("a",), {}), "none": ((None,), {}),
}  # fmt: skip
# made or taken apart in Python there, so that Python's own words come
NOT_PARSED = {"as_tensor", "asarray", "tensor", "from_numpy"}


# Calls for which ours is more lenient, or fails for another reason first; the test fails when one of them comes to agree.
KNOWN: dict[str, list[str]] = {
    "apply_": ["many", "name", "nothing", "odd and a name", "two"],
    "dequantize": ["list", "many", "name", "none", "odd", "odd and a name", "text", "two"],
}


def wrong_calls(ours, theirs, known=()):
    """How the texts differ, call by call; calls that torch takes, or that fail there for another reason, are left out."""
    found, compared = [], 0
    for call, (args, kwargs) in CALLS.items():
        a, b = outcome(partial(ours, *args, **kwargs)), outcome(partial(theirs, *args, **kwargs))
        if not isinstance(b.error, TypeError):
            continue
        compared += 1
        if call in known:
            if a.text() == b.text():
                found.append(f"{call}: agrees now, and need no longer be listed")
        elif a.text() != b.text():
            found.append(f"{call}:\nours : {a.text()}\ntorch: {b.text()}")
    assert compared, "torch takes every one of these calls"
    return found


@pytest.mark.parametrize("name", [n for n in NAMES if n not in NOT_PARSED])
def test_function(name):
    assert not wrong_calls(getattr(tg, name), getattr(torch, name))


@pytest.mark.parametrize("space", ["linalg", "fft", "special", "functional"])
def test_functions_of(space):
    ours, theirs = (getattr(t.nn if space == "functional" else t, space) for t in (tg, torch))
    names = sorted({name.partition(".")[2] for name in _signatures() if name.startswith(f"{space}.")})
    built_in = [n for n in dir(theirs) if type(getattr(theirs, n)).__name__ == "builtin_function_or_method"]
    assert set(built_in) & set(registry._places[space]) == set(names)
    wrong = {name: wrong_calls(getattr(ours, name), getattr(theirs, name)) for name in names}
    assert not any(wrong.values()), "\n".join(f"{name}: {texts[0]}" for name, texts in wrong.items() if texts)


@pytest.mark.parametrize("name", METHODS)
def test_method(name):
    ours, theirs = getattr(tg.Tensor, name), getattr(torch.Tensor, name)
    assert not wrong_calls(partial(ours, tg.ones(2, 2)), partial(theirs, torch.ones(2, 2)), KNOWN.get(name, ()))


def _signatures():
    found = {}
    for line in TABLE.strip().splitlines():
        name, _, text = line.partition(": ")
        found.setdefault(name, []).append(text.replace("$options", OPTIONS))
    return found


def test_right_calls_match_their_signatures():
    """The table refuses none of the calls in torch's own tables: an error of another kind is never mistaken for a wrong call."""
    texts, refused, compared = _signatures(), [], 0
    for op in operations().values():
        name = op.name.removeprefix("nn.")
        try:
            same = attrgetter(op.name)(torch) is op.op
        except AttributeError:
            continue
        if name not in texts or not same or name == "nonzero":  # (as_tuple is hidden there)
            continue
        parsed = [Signature(name, text) for text in texts[name]]
        for dtype in {torch.float32, torch.int64} & op.supported_dtypes("cpu"):
            for sample in samples(op, dtype, count=20):
                try:
                    args, kwargs = made((sample.input, *sample.args), OURS, {}), made(sample.kwargs, OURS, {})
                except NotImplementedError:  # a layout that we do not have
                    continue
                compared += 1
                if (error := call_error(name, parsed, args, kwargs)) is not None:
                    refused.append(f"{name}({described(sample)}): {error}")
    assert compared > 2000
    assert not refused, "\n".join(refused[:5])
