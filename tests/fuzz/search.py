"""Looks for the file under 1 MB that costs most: `python -m tests.fuzz.search --seconds 300`.

Evolves the numbers that pictures and ink are drawn from (`genomes`): what took most of the time or
the memory that SECURITY.md allows is varied, and what takes more still is kept. Each is read in a
child process, which is stopped when it takes too long. Prints each record, and writes the worst
file of each family into --out.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import json
import multiprocessing
import signal
import time
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
from tests.fuzz.genomes import FAMILIES, Genome, express, mutated, random_genome
from tests.fuzz.hostile import MAX_BYTES
from tests.fuzz.measure import BUSY, MAX_MB, MAX_S
from tests.fuzz.readers import WAYS

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

LIMIT_S = 20.0  # of the processor; then the child is stopped
KEPT = 8  # files that others are made of
FRESH = 0.25  # of the tries are of new numbers
READ_AS = {
    "picture": ("read", "digit", "table", "practice"),
    "ink": ("read", "digit"),
    "sheet": ("practice", "table", "read"),
    "pdf": ("read", "table"),
    "tiff": ("pages", "read"),
}
TIME = 0.7  # of the others vary what took longest; the rest vary what took most memory


def serve(pipe: Connection) -> None:
    """Read what comes through the pipe; answer with the processor's seconds and the most memory."""
    from tests.fuzz.readers import Drawers, recognizer, timed

    drawers = Drawers()
    recognizer()
    while True:
        content, suffix, how = pipe.recv()
        gc.collect()
        if resource is not None:  # the processor's time, as the machine may do other work, too
            limit = int(time.process_time() + LIMIT_S + 1)
            resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
        with contextlib.suppress(OSError):  # elsewhere than on Linux: the most until now
            Path("/proc/self/clear_refs").write_text("5")
        drawers.mb, resting = 0.0, _memory_mb("VmRSS")
        start, took = time.process_time(), 0.0
        try:
            answer, took = timed(content, suffix, how)
        except Exception as exc:  # noqa: BLE001  (told, and looked at by whoever searches)
            answer, took = (
                f"CRASH {type(exc).__name__}: {str(exc)[:200]}",
                time.process_time() - start,
            )
        # While a PDF is drawn, this process waits.
        pipe.send((answer, took, max(_memory_mb("VmHWM"), resting + drawers.mb)))


def _memory_mb(name: str) -> float:
    """What this process holds, or held at most since it was last asked to forget."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return 0.0  # elsewhere than on Linux time alone is searched
    return int(status.partition(f"{name}:")[2].split()[0]) / 1024


class Child:
    """A process that reads files, started again when it had to be stopped."""

    def __init__(self) -> None:
        self._process: multiprocessing.Process | None = None

    def read(self, content: bytes, suffix: str, how: str) -> tuple[str, float, float]:
        if self._process is None or not self._process.is_alive():
            self._pipe, theirs = multiprocessing.Pipe()
            self._process = multiprocessing.get_context("spawn").Process(
                target=serve, args=(theirs,), daemon=True
            )
            self._process.start()
        self._pipe.send((content, suffix, how))
        until = time.monotonic() + (BUSY if resource is None else BUSY**2) * LIMIT_S
        while not self._pipe.poll(LIMIT_S):
            if time.monotonic() > until:
                self.close()
                return "timeout", LIMIT_S, 0.0
        try:
            answer, seconds, mb = self._pipe.recv()
        except EOFError:
            self._process.join()
            out_of_time = self._process.exitcode == -getattr(signal, "SIGXCPU", 0)
            self.close()
            return "timeout" if out_of_time else "CRASH the process ended", LIMIT_S, 0.0
        return str(answer), float(seconds), float(mb)

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process = None


def search(
    family: str, how: str, seconds: float, seed: int, out: Path | None
) -> tuple[float, float]:
    """The most seconds and the most MB that a file of a family took.

    Args:
        family: Of `FAMILIES`.
        how: What it is read as, of `WAYS`.
        seconds: Of the processor, for making files and reading them.
        seed: Of the random numbers.
        out: Folder for the worst files; None for none.
    """
    rng = np.random.default_rng(seed)
    child = Child()
    kept: dict[str, list[tuple[float, Genome]]] = {"s": [], "MB": []}
    tries, read_s, start = 0, 0.0, time.process_time()
    while time.process_time() - start + read_s < seconds or not tries:
        best = kept["s" if rng.random() < TIME else "MB"]
        if len(best) < KEPT or rng.random() < FRESH:
            genome = random_genome(family, rng)
        else:
            genome = mutated(best[rng.integers(len(best))][1], family, rng)
        content, suffix = express(genome, family)
        if len(content) > MAX_BYTES:
            continue
        tries += 1
        answer, took, mb = child.read(content, suffix, how)
        read_s += took
        for unit, cost, most in (("s", took, MAX_S), ("MB", mb, MAX_MB)):
            best = kept[unit]
            if not best or cost > best[0][0] or cost > most or answer.startswith("CRASH"):
                print(f"{family} {how} {tries}: {took:.2f} s, {mb:.0f} MB, {len(content):,} bytes, "
                      f"{answer}{' OVER' if cost > most else ''}")  # fmt: skip
                print(json.dumps({k: round(v, 4) for k, v in genome.items()}), flush=True)
                if out is not None:
                    out.mkdir(parents=True, exist_ok=True)
                    (out / f"{family}-{how}-{unit}{suffix}").write_bytes(content)
            kept[unit] = sorted([*best, (cost, genome)], key=lambda pair: -pair[0])[:KEPT]
    child.close()
    most_s, most_mb = kept["s"][0][0], kept["MB"][0][0]
    print(f"{family} {how}: {tries} files, at most {most_s:.2f} s, {most_mb:.0f} MB", flush=True)
    return most_s, most_mb


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--seconds", type=float, default=300.0, help="of the processor, for each family"
    )
    parser.add_argument("--family", choices=FAMILIES, nargs="+", default=list(FAMILIES))
    parser.add_argument("--how", choices=WAYS, nargs="+", default=["read"])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="folder for the worst files")
    arguments = parser.parse_args()
    for family in arguments.family:
        for how in arguments.how:
            if how in READ_AS[family]:
                search(family, how, arguments.seconds, arguments.seed, arguments.out)


if __name__ == "__main__":
    main()
