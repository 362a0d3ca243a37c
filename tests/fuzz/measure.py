"""Seconds and peak memory of reading one file, each in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

__all__ = ["MAX_MB", "MAX_S", "Cost", "measure"]

# SECURITY.md's promise for files under 1 MB, on a core of a machine of 2023 with one thread.
MAX_S = 5.0
MAX_MB = 500.0

START_S = 5  # to load the networks
BUSY = 20  # times longer that it may take on a machine that does other work, too

READ = """
import json, resource, sys, time
from pathlib import Path
from tests.fuzz.readers import read, recognizer
recognizer()
limit = int(time.process_time() + float(sys.argv.pop()) + 1)
resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
start = time.process_time()
answer = read(Path(sys.argv[1]), *sys.argv[2:])
took = time.process_time() - start
peak = [line for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line]
print(json.dumps([answer, took, int(peak[0].split()[1]) / 1024]))
"""


class Cost(NamedTuple):
    """What reading a file took.

    Attributes:
        answer: What was read, or the error's name.
        seconds: Of the processor, without loading the networks.
        mb: Most memory of the whole process.
    """

    answer: str
    seconds: float
    mb: float


def measure(path: Path, how: str = "read", limit_s: float = 20.0) -> Cost:
    """Read a file in a process of its own, which is stopped after so many seconds of processor."""
    root = Path(__file__).resolve().parents[2]
    places = [str(root), str(root / "runtime"), *(p for p in sys.path if p)]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(places),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    if os.environ.get("INKDIGIT_RUNTIME"):  # another checkout's, to compare with
        environment["PYTHONPATH"] = (
            os.environ["INKDIGIT_RUNTIME"] + os.pathsep + environment["PYTHONPATH"]
        )
    try:
        done = subprocess.run(
            [sys.executable, "-c", READ, str(path), how, str(limit_s)],
            capture_output=True,
            text=True,
            timeout=BUSY * (limit_s + START_S),
            check=False,
            env=environment,
            cwd=root,
        )
    except subprocess.TimeoutExpired:
        return Cost("timeout", limit_s, float("inf"))
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        return Cost("timeout", limit_s, float("inf"))
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
        return Cost(f"CRASH {reason[:200]}", 0.0, float("inf"))
    answer, seconds, mb = json.loads(done.stdout.splitlines()[-1])
    return Cost(answer, seconds, mb)
