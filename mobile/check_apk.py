"""Checks a built Android package: `python mobile/check_apk.py dist/inkdigit-0.2.0.apk`.

A build can silently get two things wrong: a native library is not aligned to pages of 16 KB (a
phone with such pages refuses it), or a dependency added a permission.
"""

from __future__ import annotations

import re
import struct
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

__all__ = ["alignment", "main", "permissions", "problems"]

PAGE_BYTES = 16_384
PT_LOAD = 1  # elf(5): a segment that is mapped into memory
ALLOWED: frozenset[str] = frozenset()


def alignment(library: bytes) -> int:
    """The smallest alignment, in bytes, of the mapped segments of a 64-bit ELF library.

    Raises:
        ValueError: If it is no little-endian 64-bit ELF file.
    """
    if library[:6] != b"\x7fELF\x02\x01":
        raise ValueError("no 64-bit little-endian ELF file")
    (table,) = struct.unpack_from("<Q", library, 0x20)
    size, count = struct.unpack_from("<HH", library, 0x36)
    # Of each program header the first field, p_type, and the last, p_align at 0x30.
    headers = [struct.unpack_from("<I44xQ", library, table + k * size) for k in range(count)]
    return min((aligned for kind, aligned in headers if kind == PT_LOAD), default=0)


def permissions(manifest: bytes) -> set[str]:
    """The Android permissions in a binary manifest, in either of its encodings."""
    names = re.compile(r"android\.permission\.([A-Z_]+)")
    texts = (
        manifest.decode("latin-1"),
        *(manifest[k:].decode("utf-16-le", "ignore") for k in (0, 1)),
    )
    return {name for text in texts for name in names.findall(text)}


def problems(package: Path) -> list[str]:
    """Describe what is wrong with an .apk or an .aab."""
    found = []
    with zipfile.ZipFile(package) as archive:
        for name in sorted(archive.namelist()):
            if re.search(r"lib/(arm64-v8a|x86_64)/[^/]+\.so$", name):
                try:
                    aligned = alignment(archive.read(name))
                except ValueError as exc:
                    # python-for-android packs Python's modules as an archive named lib*.so.
                    if not name.endswith("libpybundle.so"):
                        found.append(f"{name}: {exc}")
                    continue
                if aligned < PAGE_BYTES:
                    found.append(f"{name}: aligned to {aligned} bytes; expected {PAGE_BYTES}")
            elif name.endswith("AndroidManifest.xml"):
                extra = permissions(archive.read(name)) - ALLOWED
                found += [f"{name}: asks for the permission {one}" for one in sorted(extra)]
    return found


def main(argv: Sequence[str] | None = None) -> int:
    """Print the problems; returns the exit status, 1 if there are any."""
    found = [problem for name in argv or sys.argv[1:] for problem in problems(Path(name))]
    sys.stdout.write("".join(f"{problem}\n" for problem in found) or "No problems found.\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
