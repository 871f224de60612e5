"""A learner's piece goes into the framework only when the framework's own tests hold, and then it is what runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import nbformat
import numpy as np
import pytest
from course.kit import REPOSITORY, mutants

import tinygrad_edu as tg
from tinygrad_edu.course import use
from tinygrad_edu.course.exercise import read
from tinygrad_edu.course.pieces import PIECES
from tinygrad_edu.course.use import tested as examined


@pytest.fixture(autouse=True)
def own_pieces() -> Iterator[None]:
    yield
    use("reference")


def solution(number: str) -> dict[str, Any]:
    """Everything that a solution notebook defines, without its checks."""
    (path,) = (REPOSITORY / "solutions").glob(f"{number}_*.ipynb")
    names: dict[str, Any] = {}
    for cell in nbformat.read(path, 4).cells:
        grading = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code" and not grading.get("points") and "check(" not in cell.source:
            exec(cell.source, names)
    return names


def written(name: str) -> Any:
    names = solution(PIECES[name].exercise)
    if name == "files":
        return names["save"], names["load"]
    return names[name]


def losses(steps: int = 6) -> list[float]:
    """A small network of every kind of layer, trained for a few steps."""
    tg.manual_seed(0)
    nn = tg.nn
    net = nn.Sequential(nn.Conv2d(1, 3, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(48, 8), nn.ReLU(),
                        nn.Linear(8, 4))  # fmt: skip
    scale = tg.ones(4, requires_grad=True)
    optimizer = tg.optim.SGD([*net.parameters(), scale], lr=0.05, momentum=0.9)
    pictures, classes = tg.randn(20, 1, 8, 8), tg.randint(0, 4, (20,))
    found = []
    loader = tg.utils.data.DataLoader(tg.utils.data.TensorDataset(pictures, classes), batch_size=8)
    for _ in range(steps // 3):
        for x, y in loader:
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(net(x) * scale, y)
            loss.backward()
            optimizer.step()
            found.append(loss.item())
    return found


@pytest.mark.parametrize("name", PIECES)
def test_the_frameworks_own_piece_holds(name: str) -> None:
    count, problem = examined(PIECES[name], PIECES[name].reference)
    assert problem == ""
    assert count >= 2


@pytest.mark.parametrize("name", PIECES)
def test_the_solution_is_taken_and_trains_alike(name: str) -> None:
    expected = losses()
    used = use(**{name: written(name)})
    assert "yours is in use" in repr(used), used
    np.testing.assert_allclose(losses(), expected, rtol=1e-4)
    assert f"{name}: yours is in use" in repr(use())
    use("reference")
    assert losses() == expected


def test_it_is_really_the_learners_code_that_runs() -> None:
    calls = []
    right = written("relu_backward")

    def relu_backward(g: Any, x: Any) -> Any:
        calls.append(g.shape)
        return right(g, x)

    with use(relu_backward=relu_backward):
        calls.clear()
        tg.ones(3, requires_grad=True).relu().sum().backward()
        assert calls == [(3,)]
    tg.ones(3, requires_grad=True).relu().sum().backward()
    assert calls == [(3,)]


def test_all_pieces_at_once_train_alike() -> None:
    expected = losses()
    with use(**{name: written(name) for name in PIECES}) as used:
        assert len(used.put) == len(PIECES), used
        np.testing.assert_allclose(losses(), expected, rtol=1e-3)
    assert losses() == expected


@pytest.mark.parametrize("name", [name for name in PIECES if name != "files"])
def test_wrong_answers_are_refused(name: str) -> None:
    (path,) = (REPOSITORY / "solutions").glob(f"{PIECES[name].exercise}_*.ipynb")
    key = read(path)
    names = solution(PIECES[name].exercise)
    wrong = [
        m
        for m in mutants(REPOSITORY / "tests" / "course" / "mutants", key)
        if f"{name}(" in m.source or f"class {name}" in m.source
    ]
    refused = 0
    for mutant in wrong:
        scope = dict(names)
        exec(mutant.source, scope)
        refused += "stays in use" in repr(use(**{name: scope[name]}))
    assert refused >= 1, f"none of {[m.path.stem for m in wrong]} was refused"
    assert f"{name}: the framework's own" in repr(use())


def test_a_stub_is_not_taken_and_says_so() -> None:
    def relu_backward(g: Any, x: Any) -> Any:
        raise NotImplementedError("write your code here")

    assert "not written yet" in repr(use(relu_backward=relu_backward))


def test_unknown_pieces_and_words() -> None:
    with pytest.raises(ValueError, match="did you mean relu_backward"):
        use(relu_bakward=len)
    with pytest.raises(ValueError, match='expected use\\("reference"\\)'):
        use("mine")


def test_pieces_of_shapes_and_computing_run_in_the_framework() -> None:
    """Each of them counts its calls while the framework does something that needs it."""
    x = tg.arange(6.0).view(2, 3)
    uses = {
        "broadcast_shapes": lambda: tg.broadcast_tensors(x, x[0])[1].tolist(),
        "broadcast_strides": lambda: x[:1].expand(3, 3).tolist(),
        "view_strides": lambda: x.t().reshape(6).tolist() + x[:, 1:].view(2, 2, 1).tolist(),
        "gather": lambda: x.gather(1, tg.tensor([[2, 0]])).tolist(),
        "softmax": lambda: x.softmax(1).tolist(),
    }
    for name, run in uses.items():
        expected, calls, right = run(), [], written(name)
        with use(**{name: lambda *args, right=right, calls=calls: calls.append(args) or right(*args)}):
            calls.clear()
            assert run() == expected, name
            assert calls, f"{name} was not asked"
    with use(broadcast_shapes=written("broadcast_shapes")), pytest.raises(RuntimeError, match="tensor a \\(3\\) must"):
        x + tg.ones(2)


def endless(dataset: Any, **options: Any) -> Any:
    class Loader:
        def __len__(self) -> int:
            return len(dataset)

        def __iter__(self) -> Iterator[Any]:
            while True:
                yield dataset[0]

    return Loader()


@pytest.mark.timeout(60)
@pytest.mark.parametrize("wrong", [lambda dataset, **options: dataset, endless], ids=["the dataset itself", "endless"])
def test_a_loader_that_does_not_end_is_refused_at_once(wrong: Any) -> None:
    assert "stays in use" in repr(use(DataLoader=wrong))
