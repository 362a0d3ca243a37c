"""Fuzzes one reader: `python -m tests.fuzz.run NAME --seconds N`, or `all` for each in turn.

Changes files of the target's corpus and reads them, until one raises what is no `InkDigitError` or
takes too long; that one is written to --out. With --atheris, Google's coverage-guided fuzzer
(pip install atheris) makes the files, and learns from what the code does with them.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import traceback
from pathlib import Path

from tests.fuzz.targets import TARGETS, attempt, corpus

__all__ = ["fuzz", "mutated"]

MAX_FILE_BYTES = 1_000_000
NUMBERS = tuple(
    value.to_bytes(size, order)
    for size in (1, 2, 4)
    for value in (0, 1, 2**7 - 1, 2**7, 2 ** (8 * size - 1) - 1, 2 ** (8 * size) - 1)
    for order in ("little", "big")
)


def mutated(
    content: bytes, others: list[bytes], words: tuple[bytes, ...], rng: random.Random
) -> bytes:
    """A file with a few changes."""
    changed = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 4, 8))):
        at = rng.randrange(len(changed) + 1)
        length = min(int(rng.expovariate(1 / 8)) + 1, len(changed) - at)
        kind = rng.randrange(7)
        if kind == 0 and at < len(changed):
            changed[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            changed[at : at + length] = rng.randbytes(length)
        elif kind == 2:
            del changed[at : at + length * rng.choice((1, 1, 50))]
        elif kind == 3:  # the same again, and again
            changed[at:at] = changed[at : at + length] * rng.choice((1, 2, 30, 1000))
        elif kind == 4:
            other = rng.choice(others)
            start = rng.randrange(len(other) + 1)
            changed[at : at + length] = other[start : start + length * 8]
        elif kind == 5 and words:
            changed[at : at + length * rng.randrange(2)] = rng.choice(words)
        else:
            number = rng.choice(NUMBERS)
            changed[at : at + len(number)] = number
    return bytes(changed[:MAX_FILE_BYTES])


def fuzz(name: str, seconds: float, seed: int = 0, out: Path | None = None) -> int:
    """Read changed files for so long; how many. What fails is raised, its file in `out`."""
    rng = random.Random(seed)
    files = corpus(name)
    until = time.monotonic() + seconds
    count = 0
    for content in files:
        _attempt(name, content, out)
    while time.monotonic() < until or count == 0:
        content = mutated(rng.choice(files), files, TARGETS[name].words, rng)
        _attempt(name, content, out)
        count += 1
    return count


def _attempt(name: str, content: bytes, out: Path | None) -> None:
    try:
        attempt(name, content)
    except Exception as exc:
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
            path = out / f"{name}-{type(exc).__name__}-{len(content)}"
            path.write_bytes(content)
            exc.add_note(f"the file: {path}") if sys.version_info >= (3, 11) else None
        raise


def _fuzz_with_atheris(name: str, seconds: float, out: Path) -> None:
    import atheris

    folder = out / f"corpus-{name}"
    folder.mkdir(parents=True, exist_ok=True)
    for index, content in enumerate(corpus(name)):
        (folder / f"seed-{index}").write_bytes(content)
    atheris.instrument_all()
    atheris.Setup(
        [sys.argv[0], f"-max_total_time={int(seconds)}", "-max_len=100000", "-timeout=60",
         f"-artifact_prefix={out}/{name}-", str(folder)],
        lambda content: attempt(name, content),
    )  # fmt: skip
    atheris.Fuzz()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("name", choices=[*TARGETS, "all"])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("build/fuzz"), help="folder for finds")
    parser.add_argument("--atheris", action="store_true", help="let atheris make the files")
    arguments = parser.parse_args()
    status = 0
    for name in TARGETS if arguments.name == "all" else [arguments.name]:
        if arguments.atheris:
            _fuzz_with_atheris(name, arguments.seconds, arguments.out)
            continue
        try:
            count = fuzz(name, arguments.seconds, arguments.seed, arguments.out)
            print(f"{name}: {count:,} files read or refused", flush=True)
        except Exception:  # noqa: BLE001  (told, and the others are fuzzed)
            traceback.print_exc()
            print(f"{name}: FAILED", flush=True)
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
