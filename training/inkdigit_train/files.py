"""Files read: their content, gzip or plain, and their fingerprints."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from pathlib import Path

from inkdigit_train.errors import DataError, DataNotFoundError

__all__ = ["read_packed", "sha256"]

GZIP_MAGIC = b"\x1f\x8b"  # RFC 1952


def read_packed(path: Path, kind: str) -> bytes:
    """Read a file and unpack it if its first bytes say gzip; `kind` is for the error message.

    Raises:
        DataNotFoundError: If there is no such file.
        DataError: If it cannot be read.
    """
    try:
        content = path.read_bytes()
        return gzip.decompress(content) if content.startswith(GZIP_MAGIC) else content
    except FileNotFoundError as exc:
        raise DataNotFoundError(f"no {kind} at {path}; expected a file, gzip or plain") from exc
    except (OSError, EOFError, zlib.error) as exc:  # gzip's own error is an OSError
        raise DataError(f"{path} cannot be read ({exc}); copy or fetch it again") from exc


def sha256(path: Path) -> str:
    """Hex digest of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
