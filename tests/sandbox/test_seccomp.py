"""The filter, run by a small machine of our own: what passes and what is refused."""

import struct

import pytest

from neuroglot.base.errors import SandboxError
from neuroglot.sandbox.seccomp import REFUSED, seccomp_filter

ENOMEM, ENOSYS, EAFNOSUPPORT = 12, 38, 97
X86, ARM = 0xC000003E, 0xC00000B7
COLUMN = {"x86_64": 0, "aarch64": 1}
AUDIT = {"x86_64": X86, "aarch64": ARM}
SOCKET = {"x86_64": 41, "aarch64": 198}


def verdict(program: bytes, machine: int, number: int, argument: int = 0, fourth: int = 0) -> str:
    """What the kernel would do: `struct seccomp_data` is number, machine, pointer, arguments."""
    data = struct.pack("=IIQ6Q", number, machine, 0, argument, 0, 0, fourth, 0, 0)
    lines = [struct.unpack("=HBBI", program[at : at + 8]) for at in range(0, len(program), 8)]
    at, held = 0, 0
    while True:
        code, if_true, if_false, operand = lines[at]
        at += 1
        if code == 0x20:
            (held,) = struct.unpack("=I", data[operand : operand + 4])
        elif code == 0x15:
            at += if_true if held == operand else if_false
        elif code == 0x35:
            at += if_true if held >= operand else if_false
        elif code == 0x45:
            at += if_true if held & operand else if_false
        elif code == 0x54:
            held &= operand
        elif code == 0x06:
            named = {0x7FFF0000: "allow", 0x80000000: "kill"}
            return named.get(operand) or f"errno {operand - 0x00050000}"
        else:
            raise AssertionError(f"unknown instruction {code:#x}")


@pytest.mark.parametrize("machine", COLUMN)
def test_only_the_refused_calls_are_refused(machine: str):
    program = seccomp_filter(machine)
    refused = {numbers[COLUMN[machine]] for numbers in REFUSED.values()}
    assert len(refused) == len(REFUSED)
    for number in range(600):
        if number != SOCKET[machine]:
            expected = f"errno {ENOSYS}" if number in refused else "allow"
            assert verdict(program, AUDIT[machine], number) == expected


@pytest.mark.parametrize("machine", COLUMN)
def test_sockets_are_left_where_a_namespace_holds_them(machine: str):
    program = seccomp_filter(machine)
    for family in range(50):
        expected = "allow" if family in {1, 2, 10, 16} else f"errno {EAFNOSUPPORT}"
        assert verdict(program, AUDIT[machine], SOCKET[machine], family) == expected


@pytest.mark.parametrize("machine", COLUMN)
def test_only_shared_memory_of_no_file_is_not_given(machine: str):
    program, number = seccomp_filter(machine), {"x86_64": 9, "aarch64": 222}[machine]
    for flags in (0x01, 0x02, 0x03, 0x22, 0x32, 0x4022, 0x100022):
        assert verdict(program, AUDIT[machine], number, fourth=flags) == "allow"
    for flags in (0x21, 0x23, 0x31, 0x8021, 0x40021):
        assert verdict(program, AUDIT[machine], number, fourth=flags) == f"errno {ENOMEM}"


def test_other_numberings_of_the_calls_pass_by_nothing():
    assert verdict(seccomp_filter("x86_64"), 0x40000003, 20) == "kill"
    assert verdict(seccomp_filter("aarch64"), X86, 20) == "kill"
    assert verdict(seccomp_filter("x86_64"), X86, 0x40000000 + 319) == f"errno {ENOSYS}"


def test_an_unknown_processor_is_refused():
    with pytest.raises(SandboxError, match="'riscv64': boxes are made on x86_64, aarch64"):
        seccomp_filter("riscv64")
