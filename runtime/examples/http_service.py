"""An HTTP service that reads numbers.

    pip install inkdigit fastapi uvicorn
    uvicorn --app-dir runtime/examples http_service:app
    curl --data-binary @samples/seven.png -H "Content-Type: image/png" localhost:8000/read

POST /read takes a picture, or ink as JSON, as its body, and answers what `Reading.to_dict` gives.
`?length=4`, `?allowed=0123456789.-` and `?min_confidence=0.9` constrain it. What is too large
answers 413, another type 415, what cannot be read 422, a body that is too slow 408, and too many
requests at once, or a reading that takes too long, 503; each says why under "detail". Nothing that
is sent is kept.

Readings run in processes of their own: a slow one holds up no other, and is stopped after a time.
docs/service.md says how to run it for others.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, BinaryIO

import anyio
import numpy as np
from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.requests import ClientDisconnect

from inkdigit import Ink, InkDigitError, Recognizer
from inkdigit.errors import ImageTooLargeError, InkTooLargeError, InputError

MAX_BODY_BYTES = {"image": 10_000_000, "ink": 1_000_000}  # a phone's photo; an hour of handwriting
BODY_S = 20.0  # for the whole body: 10 MB at 4 Mbit/s
READERS = 4  # processes: two of the slowest files leave two free; each takes 150 to 500 MB
RETRY_S = 1.0  # until a process that did not start is started once more
READING_S = 10.0  # then a reading is stopped; SECURITY.md says what files under 1 MB take
MAX_REQUESTS = 64  # at once, whose bodies are kept: at most 640 MB
# A picture on no plain paper: reading it loads both networks.
WARM_UP = np.linspace(0, 255, 64 * 64).astype(np.uint8).reshape(64, 64)
SHOWN = 80  # characters of a wrong header that a message repeats


class Readers:
    """Processes that read, each one body at a time."""

    def __init__(self) -> None:
        self._free: asyncio.Queue[asyncio.subprocess.Process] = asyncio.Queue()
        self._starting: set[asyncio.Task[None]] = set()
        for _ in range(READERS):
            self._start_another()

    def _start_another(self) -> None:
        task = asyncio.create_task(self._start())
        self._starting.add(task)
        task.add_done_callback(self._starting.discard)

    async def _start(self) -> None:
        while True:
            try:
                process = await start_reader()
            except OSError:  # too many processes, or too little memory: later there may be room
                await asyncio.sleep(RETRY_S)
                continue
            assert process.stdout is not None
            try:
                loaded = await process.stdout.readline()
            except asyncio.CancelledError:
                process.kill()
                await process.wait()
                raise
            if loaded:
                break
            await process.wait()
            await asyncio.sleep(RETRY_S)
        self._free.put_nowait(process)

    async def read(self, request: Mapping[str, Any], body: bytes) -> tuple[int, dict[str, Any]]:
        """The status and the answer for one body.

        Raises:
            TimeoutError: If no process was free for too long, or the reading took too long; its
                process is stopped.
            ValueError: If the process ended.
            OSError: Likewise.
        """
        with anyio.fail_after(READING_S):
            process = await self._free.get()
        try:
            with anyio.fail_after(READING_S):
                answer = await ask(process, request, body)
        except BaseException:  # of a reading that is not at its end, nothing else may be asked
            if process.returncode is None:
                process.kill()
            self._start_another()
            raise
        self._free.put_nowait(process)
        return answer

    async def close(self) -> None:
        """Stop the processes."""
        for task in self._starting:
            task.cancel()
        while self._starting:
            await asyncio.wait(self._starting)
        while not self._free.empty():
            process = self._free.get_nowait()
            if process.returncode is None:
                process.kill()
            await process.wait()


async def start_reader() -> asyncio.subprocess.Process:
    """A process that runs `serve`."""
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        sys.executable, __file__, stdin=pipe, stdout=pipe, limit=2**24
    )


async def ask(
    process: asyncio.subprocess.Process, request: Mapping[str, Any], body: bytes
) -> tuple[int, dict[str, Any]]:
    """Send one body to a process, and wait for what it answers."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps({**request, "bytes": len(body)}).encode() + b"\n" + body)
    await process.stdin.drain()
    status, answer = json.loads(await process.stdout.readline())
    return status, answer


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Keep the processes as long as the service runs."""
    app.state.readers, app.state.requests = Readers(), 0
    yield
    await app.state.readers.close()


app = FastAPI(title="inkdigit", openapi_url=None, lifespan=lifespan)


@app.exception_handler(RequestValidationError)
async def refuse_query(_: Request, exc: Exception) -> JSONResponse:
    """Say what is wrong with the query, without repeating it."""
    assert isinstance(exc, RequestValidationError)
    wrong = [f"{error['loc'][-1]}: {error['msg']}"[:SHOWN] for error in exc.errors()[:3]]
    return JSONResponse({"detail": "; ".join(wrong)}, 422)


@app.post("/read")
async def read(
    request: Request,
    length: int | None = None,
    allowed: str = "0123456789",
    min_confidence: float = 0.0,
) -> JSONResponse:
    """Read the picture or the ink in the body."""
    kind = body_kind(request.headers.get("content-type", ""))
    state = request.app.state
    if state.requests >= MAX_REQUESTS:
        raise HTTPException(503, "too many requests at once", {"Retry-After": "5"})
    state.requests += 1
    try:
        body = await limited_body(request, MAX_BODY_BYTES[kind])
        asked = {
            "kind": kind,
            "constraints": {
                "length": length, "allowed": allowed, "min_confidence": min_confidence
            },
        }  # fmt: skip
        status, answer = await state.readers.read(asked, body)
    except ClientDisconnect as exc:
        raise HTTPException(400, "the body is not whole") from exc
    except TimeoutError as exc:
        raise HTTPException(503, f"the reading took over {READING_S:.0f} seconds") from exc
    except (OSError, ValueError) as exc:  # the process ended
        raise HTTPException(500, "the reading failed; the body may be fine") from exc
    finally:
        state.requests -= 1
    return JSONResponse(answer, status)


def body_kind(content_type: str) -> str:
    """Which of `MAX_BODY_BYTES` a Content-Type is."""
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type == "application/json":
        return "ink"
    if media_type.startswith("image/"):
        return "image"
    raise HTTPException(
        415,
        f"the body's Content-Type is {media_type[:SHOWN] or 'missing'}; expected image/png or"
        " another picture's, or application/json for ink",
    )


async def limited_body(request: Request, limit: int) -> bytes:
    """The body, read no further than the limit whatever its headers promise, nor for longer."""
    body = bytearray()
    try:
        with anyio.fail_after(BODY_S):
            async for chunk in request.stream():
                body += chunk
                if len(body) > limit:
                    raise HTTPException(
                        413, f"the body has over {limit:,} bytes; expected at most that"
                    )
    except TimeoutError as exc:
        raise HTTPException(408, f"the body took over {BODY_S:.0f} seconds") from exc
    return bytes(body)


def answer(
    recognizer: Recognizer, kind: str, body: bytes, constraints: Mapping[str, Any]
) -> tuple[int, dict[str, Any]]:
    """Read one body: the HTTP status, and the answer."""
    try:
        source: Ink | bytes = Ink.from_json(body) if kind == "ink" else body
        return 200, recognizer.read(source, **constraints).to_dict()
    except (ImageTooLargeError, InkTooLargeError) as exc:
        return 413, {"detail": str(exc)}
    except InputError as exc:
        return 422, {"detail": str(exc)}
    except InkDigitError:
        return 500, {"detail": "the reading failed; the body may be fine"}


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer one request after another: a line of JSON, then the body; a line of JSON back."""
    recognizer = Recognizer()
    recognizer.read(WARM_UP)
    answers.write(b"ready\n")
    answers.flush()
    while line := requests.readline():
        request = json.loads(line)
        body = requests.read(request["bytes"])
        found = answer(recognizer, request["kind"], body, request["constraints"])
        answers.write(json.dumps(found).encode() + b"\n")
        answers.flush()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
