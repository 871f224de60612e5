"""What one test changes, the next one does not see."""

from __future__ import annotations

import pytest
import sealing
import torch

import tinygrad_edu as tg
from tinygrad_edu import printing


def global_state() -> tuple[object, ...]:
    ours = (tg.get_default_dtype(), tg.is_grad_enabled(), str(tg.tensor(1).device), printing.get_printoptions())
    return (*ours, tg.rand(3).tolist(), torch.get_default_dtype(), torch.is_grad_enabled(), torch.rand(3).tolist())


def change_everything() -> None:
    tg.set_default_dtype(tg.float64)
    tg.set_grad_enabled(False)
    tg.manual_seed(12345)
    printing.set_printoptions(precision=1)
    printing.options.linewidth = 20
    torch.set_default_dtype(torch.float64)
    torch.set_grad_enabled(False)
    torch.manual_seed(12345)
    torch.set_printoptions(precision=1)


def restored(restore: list) -> None:
    for put_back in restore:
        put_back()


def test_everything_is_put_back() -> None:
    restore = [*sealing.seal_ours(), *sealing.seal_torch()]
    before = global_state()
    restored(restore)
    change_everything()
    assert global_state() != before
    restored(restore)
    assert global_state() == before
    assert repr(torch.tensor(0.12345)) == "tensor(0.1235)"


@pytest.mark.parametrize("time", [1, 2])
def test_the_fixture_does_it_between_tests(time: int) -> None:
    """The second run sees the first one's start."""
    assert tg.get_default_dtype() is tg.float32
    assert tg.is_grad_enabled()
    assert torch.get_default_dtype() is torch.float32
    change_everything()
