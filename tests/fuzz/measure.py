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
from tests.fuzz.readers import Drawers, recognizer, timed
drawers = Drawers()
recognizer()
def status(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if name in line).split()[1]) / 1024
limit = int(time.process_time() + float(sys.argv.pop()) + 1)
resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
path = Path(sys.argv[1])
content = path.read_bytes()
resting = status("VmRSS")
answer, took = timed(content, path.suffix, *sys.argv[2:])
# While a PDF is drawn, this process waits.
print(json.dumps([answer, took, max(status("VmHWM"), resting + drawers.mb)]))
"""


class Cost(NamedTuple):
    """What reading a file took.

    Attributes:
        answer: What was read, or the error's name.
        seconds: Of the processor, without loading the networks; drawing a PDF included.
        mb: Most memory of the whole process; with that of the one which draws a PDF.
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
