"""An HTTP service that reads numbers.

    pip install inkdigit fastapi uvicorn
    uvicorn --app-dir runtime/examples http_service:app
    curl --data-binary @samples/seven.png -H "Content-Type: image/png" localhost:8000/read

POST /read takes a picture, or ink as JSON, as its body, and answers what `Reading.to_dict` gives.
`?length=4`, `?allowed=0123456789.-` and `?min_confidence=0.9` constrain it. What is too large
answers 413, another type 415, and what cannot be read 422; each says why under "detail". Nothing
that is sent is kept.

Put it behind a server that limits time and connections before others can reach it.
"""

from typing import Any

import anyio
from fastapi import FastAPI, HTTPException, Request
from PIL import Image

from inkdigit import Ink, InkDigitError, Recognizer
from inkdigit.errors import ImageTooLargeError, InputError
from inkdigit.images import decode_image

MAX_BODY_BYTES = {"image": 10_000_000, "ink": 1_000_000}  # a phone's photo; an hour of handwriting
READERS = 2  # readings at once; the largest picture that is not refused takes 400 MB

app = FastAPI(title="inkdigit", openapi_url=None)
recognizer = Recognizer()
readers = anyio.CapacityLimiter(READERS)


@app.post("/read")
async def read(
    request: Request,
    length: int | None = None,
    allowed: str = "0123456789",
    min_confidence: float = 0.0,
) -> dict[str, Any]:
    """Read the picture or the ink in the body."""
    kind = body_kind(request.headers.get("content-type", ""))
    body = await limited_body(request, MAX_BODY_BYTES[kind])
    constraints = {"length": length, "allowed": allowed, "min_confidence": min_confidence}
    try:
        return await anyio.to_thread.run_sync(answer, kind, body, constraints, limiter=readers)
    except ImageTooLargeError as exc:
        raise HTTPException(413, str(exc)) from exc
    except InputError as exc:
        raise HTTPException(422, str(exc)) from exc
    except InkDigitError as exc:
        raise HTTPException(500, "the reading failed; the body may be fine") from exc


def body_kind(content_type: str) -> str:
    """Which of `MAX_BODY_BYTES` a Content-Type is."""
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type == "application/json":
        return "ink"
    if media_type.startswith("image/"):
        return "image"
    raise HTTPException(
        415,
        f"the body's Content-Type is {media_type or 'missing'}; expected image/png or another"
        " picture's, or application/json for ink",
    )


async def limited_body(request: Request, limit: int) -> bytes:
    """The body, read no further than the limit whatever its headers promise."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise HTTPException(413, f"the body has over {limit:,} bytes; expected at most that")
    return bytes(body)


def answer(kind: str, body: bytes, constraints: dict[str, Any]) -> dict[str, Any]:
    """Read one body; runs on a thread, so that others are answered meanwhile."""
    source: Ink | Image.Image = (
        Ink.from_json(body) if kind == "ink" else decode_image(body, "the body")
    )
    return recognizer.read(source, **constraints).to_dict()
