"""The filter of system calls, run here as Linux runs it: on both kinds of processor, with right and wrong numbers."""

from __future__ import annotations

import pytest

from tinygrad_edu.course import jail

ALLOWED, EPERM, ENOSYS, EAFNOSUPPORT = 0x7FFF0000, 0x50001, 0x50026, 0x50061
KINDS = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}


def decide(machine: str, number: int, argument: int = 0, architecture: int | None = None) -> int:
    """What the filter says to a call."""
    data = {0: number, 4: KINDS[machine] if architecture is None else architecture, 16: argument}
    program, at, value = jail.system_call_filter(machine), 0, 0
    while True:
        operation, if_true, if_false, constant = program[at]
        at += 1
        if operation == 0x20:
            value = data[constant]
        elif operation == 0x06:
            return constant
        else:
            holds = {0x15: value == constant, 0x35: value >= constant, 0x45: bool(value & constant)}[operation]
            at += if_true if holds else if_false


@pytest.mark.parametrize(("machine", "place"), [("x86_64", 0), ("aarch64", 1)])
def test_what_is_refused_and_what_is_not(machine: str, place: int) -> None:
    refused = {numbers[place] for numbers in jail._DENIED.values()}
    special = {numbers[place] for numbers in (jail._CLONE, jail._CLONE3, jail._SOCKET)}
    for number in range(600):
        wanted = EPERM if number in refused else ALLOWED
        if number not in special:
            assert decide(machine, number) == wanted, number
    clone, clone3, socket = (numbers[place] for numbers in (jail._CLONE, jail._CLONE3, jail._SOCKET))
    assert decide(machine, clone3) == ENOSYS
    thread, own_user, own_network = 0x3D0F00, 0x10000011, 0x40000011
    assert [decide(machine, clone, flags) for flags in (thread, 17, own_user, own_network)] == [
        ALLOWED,
        ALLOWED,
        EPERM,
        EPERM,
    ]
    families = {family: decide(machine, socket, family) for family in range(50)}
    assert {family for family, said in families.items() if said == ALLOWED} == {1, 2, 10, 16}
    assert set(families.values()) == {ALLOWED, EAFNOSUPPORT}
    assert decide(machine, 1, architecture=0x40000003) == EPERM, "calls of a 32-bit program have other numbers"


def test_the_second_set_of_numbers_of_x86_64_is_refused() -> None:
    assert decide("x86_64", 0x40000000 + 101) == EPERM


def test_every_jump_lands_in_the_program() -> None:
    for machine in KINDS:
        program = jail.system_call_filter(machine)
        assert len(program) < 4096
        for at, (operation, if_true, if_false, _) in enumerate(program):
            assert operation in (0x20, 0x06) or at + 1 + max(if_true, if_false) < len(program)
        assert program[-1][0] == 0x06
