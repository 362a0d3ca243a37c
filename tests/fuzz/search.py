"""Looks for the file under 1 MB that takes longest: `python -m tests.fuzz.search --seconds 300`.

Evolves the numbers that pictures and ink are drawn from (`genomes`): what took longest is varied,
and what takes longer still is kept. Each is read in a child process, which is stopped when it takes
too long. Prints each record, and writes the worst file of each family into --out.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import time
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
from tests.fuzz.genomes import FAMILIES, Genome, express, mutated, random_genome
from tests.fuzz.hostile import MAX_BYTES

LIMIT_S = 30.0  # then the child is stopped
KEPT = 8  # files that others are made of
FRESH = 0.25  # of the tries are of new numbers


def serve(pipe: Connection) -> None:
    """Read what comes through the pipe, and answer with the processor's seconds."""
    from tests.fuzz.readers import read_content, recognizer

    recognizer()
    while True:
        content, suffix, how = pipe.recv()
        start = time.process_time()
        try:
            answer = read_content(content, suffix, how)
        except Exception as exc:  # noqa: BLE001  (told, and looked at by whoever searches)
            answer = f"CRASH {type(exc).__name__}: {str(exc)[:200]}"
        pipe.send((answer, time.process_time() - start))


class Child:
    """A process that reads files, started again when it had to be stopped."""

    def __init__(self) -> None:
        self._process: multiprocessing.Process | None = None

    def read(self, content: bytes, suffix: str, how: str) -> tuple[str, float]:
        if self._process is None or not self._process.is_alive():
            self._pipe, theirs = multiprocessing.Pipe()
            self._process = multiprocessing.get_context("spawn").Process(
                target=serve, args=(theirs,), daemon=True
            )
            self._process.start()
        self._pipe.send((content, suffix, how))
        if not self._pipe.poll(2 * LIMIT_S):
            self.close()
            return "timeout", LIMIT_S
        try:
            answer, seconds = self._pipe.recv()
        except EOFError:
            self.close()
            return "CRASH the process ended", LIMIT_S
        return str(answer), float(seconds)

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process = None


def search(family: str, how: str, seconds: float, seed: int, out: Path | None) -> float:
    """The most seconds that a file of a family took."""
    rng = np.random.default_rng(seed)
    child = Child()
    best: list[tuple[float, Genome]] = []
    until = time.monotonic() + seconds
    tries = 0
    while time.monotonic() < until:
        if len(best) < KEPT or rng.random() < FRESH:
            genome = random_genome(family, rng)
        else:
            genome = mutated(best[rng.integers(len(best))][1], family, rng)
        content, suffix = express(genome, family)
        if len(content) > MAX_BYTES:
            continue
        tries += 1
        answer, took = child.read(content, suffix, how)
        record = not best or took > best[0][0]
        if record or answer.startswith("CRASH"):
            print(f"{family} {how} {tries}: {took:.2f} s, {len(content):,} bytes, {answer}")
            print(json.dumps({k: round(v, 4) for k, v in genome.items()}), flush=True)
            if out is not None:
                out.mkdir(parents=True, exist_ok=True)
                (out / f"{family}-{how}{suffix}").write_bytes(content)
        best = sorted([*best, (took, genome)], key=lambda pair: -pair[0])[:KEPT]
    child.close()
    print(f"{family} {how}: {tries} files, at most {best[0][0]:.2f} s", flush=True)
    return best[0][0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=300.0, help="for each family")
    parser.add_argument("--family", choices=FAMILIES, nargs="+", default=list(FAMILIES))
    parser.add_argument("--how", choices=("read", "digit", "table"), nargs="+", default=["read"])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="folder for the worst files")
    arguments = parser.parse_args()
    for family in arguments.family:
        for how in arguments.how:
            if family == "picture" or how != "table":
                search(family, how, arguments.seconds, arguments.seed, arguments.out)


if __name__ == "__main__":
    main()
