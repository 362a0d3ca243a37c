"""The app with stopwatches: `app_bench.py` starts it in place of `python -m inkdigit_app`.

python tests/bench/app_probe.py LOG [ARGUMENTS OF THE APP]

Writes a line of JSON for each event: the first frame, the warm model, each time from pen up to the
frame with the new reading, each page that is on the disk, and each long turn of the event loop.
"""

from __future__ import annotations

import gc
import json
import sys
import threading
import time
from pathlib import Path
from typing import Any

from inkdigit_app.__main__ import main
from inkdigit_app.platforms.environment import configure

LONG_TURN_S = 0.002  # shorter ones are not recorded


def watch(log: Any) -> None:
    """Time parts of the app by CLOCK_MONOTONIC, which is the same in all processes."""
    from kivy.base import EventLoop
    from kivy.clock import Clock
    from kivy.core.window import Window

    from inkdigit_app.app import InkDigitApp
    from inkdigit_app.core.view_model import ViewModel
    from inkdigit_app.core.worker import RecognitionWorker
    from inkdigit_app.store.history import History

    one_at_a_time = threading.Lock()

    def note(kind: str, **values: float) -> None:
        line = json.dumps({"kind": kind, "at": time.monotonic(), **values}) + "\n"
        with one_at_a_time:
            log.write(line)

    pen = {"up": 0.0, "read": False, "flipping": 0.0, "cpu": 0.0, "flip_cpu": 0.0}
    slept = dict.fromkeys(("in_turn", "flipping", "flip_cpu", "events", "events_cpu"), 0.0)

    on_start, on_stroke, show, usleep = (
        InkDigitApp.on_start,
        ViewModel.end_stroke,
        InkDigitApp._show,
        Clock.usleep,
    )
    load, idle, flip = RecognitionWorker._load, EventLoop.idle, Window.flip
    take_events, save = Window.mainloop, History.save

    def started(app: Any) -> None:
        def first(*_: object) -> None:
            Window.unbind(on_flip=first)
            note("first frame", cpu=time.process_time())

        Window.bind(on_flip=first)
        Window.bind(on_flip=flipped)
        on_start(app)

    def stroke_ended(model: Any, stroke: Any) -> None:
        pen["up"], pen["read"], pen["flipping"] = time.monotonic(), False, 0.0
        pen["cpu"], pen["flip_cpu"] = time.thread_time(), 0.0
        note("stroke")
        on_stroke(model, stroke)

    def shown(app: Any) -> None:
        show(app)
        if pen["up"] and app.model.reading is not None:
            pen["read"] = True

    def flipped(*_: object) -> None:
        if pen["read"]:
            seconds = time.monotonic() - pen["up"]
            cpu = time.thread_time() - pen["cpu"] - pen["flip_cpu"]
            note("reading", seconds=seconds, without_flip=seconds - pen["flipping"], cpu=cpu)
            pen["up"], pen["read"] = 0.0, False

    def loaded(worker: Any) -> None:
        load(worker)
        note("model warm")

    def saved(history: Any, page: Any, *arguments: Any) -> None:
        save(history, page, *arguments)
        note("saved", strokes=len(page.strokes))

    def sleep(microseconds: float) -> None:
        start = time.monotonic()
        usleep(microseconds)
        slept["in_turn"] += time.monotonic() - start

    def timed_flip() -> None:
        start, cpu = time.monotonic(), time.thread_time()
        flip()
        slept["flip_cpu"] += time.thread_time() - cpu
        pen["flip_cpu"] += time.thread_time() - cpu
        slept["flipping"] += time.monotonic() - start
        pen["flipping"] += time.monotonic() - start

    def timed_events() -> None:
        start, cpu = time.monotonic(), time.thread_time()
        take_events()
        slept["events"] = time.monotonic() - start
        slept["events_cpu"] = time.thread_time() - cpu

    def turn() -> None:
        slept["in_turn"] = slept["flipping"] = slept["flip_cpu"] = 0.0
        start, cpu = time.monotonic(), time.thread_time()
        idle()
        busy = slept["events"] + time.monotonic() - start - slept["in_turn"]
        cpu = slept["events_cpu"] + time.thread_time() - cpu - slept["flip_cpu"]
        if busy > LONG_TURN_S:
            note(
                "turn",
                seconds=busy,
                without_flip=busy - slept["flipping"],
                cpu=cpu,
                events=slept["events"],
            )

    InkDigitApp.on_start = started
    ViewModel.end_stroke = stroke_ended
    InkDigitApp._show = shown
    RecognitionWorker._load = loaded
    History.save = saved
    Clock.usleep = sleep
    EventLoop.idle = turn
    Window.flip = timed_flip
    Window.mainloop = timed_events


if __name__ == "__main__":
    gc.disable()  # as the app itself does before the imports that `watch` needs
    configure()
    with Path(sys.argv[1]).open("a", buffering=1, encoding="utf-8") as stream:
        watch(stream)
        sys.exit(main(sys.argv[2:]))
