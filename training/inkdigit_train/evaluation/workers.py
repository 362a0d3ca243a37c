"""Tasks in, the result of each out, done by several processes."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import TypeVar

from tqdm import tqdm

__all__ = ["spread"]

Task = TypeVar("Task")
Result = TypeVar("Result")


def spread(
    function: Callable[[Task], Result], tasks: Sequence[Task], jobs: int, name: str
) -> list[Result]:
    """Call a function of a module with each task.

    Args:
        function: What to do; with several processes it and the tasks are pickled.
        tasks: Its arguments.
        jobs: How many processes; with 1 all is done in this one.
        name: Of the progress bar, which shows on a terminal only.

    Returns:
        A result for each task, in their order.
    """
    bar = partial(tqdm, desc=name, total=len(tasks), leave=False, disable=None)
    if min(jobs, len(tasks)) <= 1:
        return list(bar(map(function, tasks)))
    # Spawned, not forked: the engine has threads, which a fork would lose.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(jobs, len(tasks)), context) as pool:
        return list(bar(pool.map(function, tasks)))
