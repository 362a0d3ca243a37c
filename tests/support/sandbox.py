"""Runs a program that the kernel ends the moment it asks for a socket. Linux only.

Python's own `socket` module can be watched from Python; what a compiled library does cannot. So a
seccomp filter (seccomp(2)) is set, which the program inherits through exec and cannot take off.

    python tests/support/sandbox.py inkdigit samples/seven.png
    python tests/support/sandbox.py --local dist/inkdigit/inkdigit

With --local, sockets that cannot leave the machine are left alone: those of Unix, which the
connection to an X server is, and those of netlink, which ask the kernel about devices.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

__all__ = ["command", "why_not"]

CANNOT = 125  # this program's own exit status where there is no seccomp

# (architecture in the kernel's audit.h, number of socket(2)).
SYSTEM_CALL = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
LOCAL_FAMILIES = (1, 16)  # AF_UNIX, AF_NETLINK

PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
LOAD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06  # BPF: 32 bits of seccomp_data, compare, verdict
NUMBER_AT, ARCHITECTURE_AT, FIRST_ARGUMENT_AT = 0, 4, 16  # offsets in seccomp_data
ALLOW, KILL_PROCESS = 0x7FFF0000, 0x80000000


def command(arguments: Sequence[str | Path], *, local: bool = False) -> list[str]:
    """What to hand to subprocess, to run these arguments without sockets."""
    return [sys.executable, __file__, *(["--local"] if local else []), *map(str, arguments)]


def why_not() -> str:
    """Why programs cannot be watched here, or an empty string."""
    if sys.platform != "linux" or platform.machine() not in SYSTEM_CALL:
        return "seccomp filters are Linux's, on x86_64 and aarch64 here"
    tried = subprocess.run(command([sys.executable, "-c", ""]), capture_output=True, check=False)
    return "" if tried.returncode == 0 else "the kernel lets no seccomp filter be set here"


def _filter(local: bool) -> bytes:
    architecture, number = SYSTEM_CALL[platform.machine()]
    families = LOCAL_FAMILIES if local else ()
    end = 5 + len(families) + 1  # where ALLOW stands; KILL stands before it
    program = [
        (LOAD, 0, 0, ARCHITECTURE_AT),
        (JUMP_IF_EQUAL, 0, end - 2, architecture),
        (LOAD, 0, 0, NUMBER_AT),
        (JUMP_IF_EQUAL, 0, end - 4, number),
        (LOAD, 0, 0, FIRST_ARGUMENT_AT),
        *((JUMP_IF_EQUAL, end - 6 - k, 0, family) for k, family in enumerate(families)),
        (RETURN, 0, 0, KILL_PROCESS),
        (RETURN, 0, 0, ALLOW),
    ]
    return b"".join(struct.pack("HBBI", *instruction) for instruction in program)


def _forbid_sockets(local: bool) -> None:
    """Set the filter for this process and all that come from it.

    Raises:
        OSError: If the kernel does not let it.
    """
    code = ctypes.create_string_buffer(_filter(local))
    program = struct.pack("HxxxxxxP", (len(code) - 1) // 8, ctypes.addressof(code))
    holder = ctypes.create_string_buffer(program)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(
        PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(holder), 0, 0
    ):
        raise OSError(ctypes.get_errno(), "prctl failed")


def main() -> None:
    """Set the filter and become the program."""
    arguments = sys.argv[1:]
    local = arguments[:1] == ["--local"]
    try:
        _forbid_sockets(local)
    except OSError:
        sys.exit(CANNOT)
    arguments = arguments[local:]
    os.execvp(arguments[0], arguments)


if __name__ == "__main__":
    main()
