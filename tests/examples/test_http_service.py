"""The example that reads over HTTP: answers, limits and errors."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from tests.fuzz import hostile

from inkdigit import Ink, Recognizer
from inkdigit.errors import InferenceError

testclient = pytest.importorskip("fastapi.testclient", reason="FastAPI is not installed")


@pytest.fixture(scope="module")
def service(load_example: Callable[[str], ModuleType]) -> ModuleType:
    return load_example("http_service")


@pytest.fixture(scope="module")
def client(service: ModuleType) -> Iterator[Any]:
    with testclient.TestClient(service.app) as client:
        yield client


def post(client: Any, body: bytes | Iterator[bytes], media_type: str, query: str = "") -> Any:
    headers = {"Content-Type": media_type} if media_type else {}
    return client.post(f"/read{query}", content=body, headers=headers)


def test_a_picture_is_answered_with_its_reading(client: Any, samples: Path) -> None:
    path = samples / "seven.png"
    answer = post(client, path.read_bytes(), "image/png")
    assert (answer.status_code, answer.json()) == (200, Recognizer().read(path).to_dict())


def test_ink_is_answered_with_its_reading(client: Any, four: Ink) -> None:
    answer = post(client, four.to_json().encode(), "application/json; charset=utf-8")
    assert (answer.status_code, answer.json()["text"]) == (200, "4")


def test_constraints_are_in_the_query(client: Any, four: Ink) -> None:
    answer = post(client, four.to_json().encode(), "application/json", "?length=1&allowed=17")
    assert answer.status_code == 200
    assert answer.json()["text"] in ("1", "7", "?")


@pytest.mark.parametrize(
    ("body", "media_type", "query", "status", "word"),
    [
        (b"no picture", "image/png", "", 422, "expected"),
        (b"", "image/png", "", 422, "empty"),
        (b"{", "application/json", "", 422, "not JSON"),
        (b'{"strokes": [[]]}', "application/json", "", 422, "stroke 0"),
        (b'{"strokes": []}', "application/json", "?length=0", 422, "length"),
        (b'{"strokes": []}', "application/json", "?length=four", 422, "length"),
        (b'{"strokes": []}', "application/json", "?allowed=x", 422, "allowed"),
        (b"7", "text/plain", "", 415, "text/plain"),
        (b"7", "", "", 415, "missing"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(
    client: Any, body: bytes, media_type: str, query: str, status: int, word: str
) -> None:
    answer = post(client, body, media_type, query)
    assert answer.status_code == status
    assert word in str(answer.json()["detail"])


@pytest.mark.parametrize(
    ("kind", "media_type"), [("image", "image/png"), ("ink", "application/json")]
)
def test_a_body_over_the_limit_is_not_read_to_its_end(
    client: Any, service: ModuleType, kind: str, media_type: str
) -> None:
    chunk = b" " * 100_000
    chunks = iter([chunk] * (service.MAX_BODY_BYTES[kind] // len(chunk) + 1))
    answer = post(client, chunks, media_type)
    assert answer.status_code == 413
    assert f"{service.MAX_BODY_BYTES[kind]:,}" in answer.json()["detail"]


def test_a_decompression_bomb_is_too_large(client: Any) -> None:
    # The header of a BMP of 100,000 × 100,000 pixels, and nothing behind it.
    size = (100_000).to_bytes(4, "little")
    header = b"BM" + bytes(8) + b"\x36\0\0\0" + b"\x28\0\0\0" + size * 2 + b"\1\0\x18\0" + bytes(24)
    answer = post(client, header, "image/bmp")
    assert answer.status_code == 413
    assert "100,000 × 100,000" in answer.json()["detail"]


def test_a_failing_engine_is_the_services_fault(
    service: ModuleType,
) -> None:
    class Failing:
        def read(self, *_: object, **__: object) -> None:
            raise InferenceError("secret detail")

    status, answer = service.answer(Failing(), "ink", b'{"strokes": []}', {})
    assert status == 500
    assert "secret" not in str(answer)


def test_a_message_is_short_whatever_was_sent(client: Any) -> None:
    large = "x" * 900_000
    for body in (json.dumps({large: 1}), json.dumps({"strokes": [[[large, 1]]]}), f'["{large}"]'):
        answer = post(client, body.encode(), "application/json")
        assert answer.status_code == 422
        assert len(answer.text) < 3000
    for query in ("?length=" + "9x" * 9000, "?allowed=" + "x" * 9000):
        assert len(post(client, b"{}", "application/json", query).text) < 3000
    assert len(post(client, b"7", "x" * 9000).text) < 300


def test_an_ordinary_request_is_answered_beside_two_slow_ones(client: Any, four: Ink) -> None:
    body, media_type = four.to_json().encode(), "application/json"
    with ThreadPoolExecutor(3) as pool:  # the processes are started
        list(pool.map(lambda _: post(client, body, media_type), range(3)))
        slow = [pool.submit(post, client, hostile.line_of_ticks(), media_type) for _ in range(2)]
        answer = post(client, body, media_type)
        assert answer.json()["text"] == "4"
        assert not any(future.done() for future in slow)
        assert {future.result().status_code for future in slow} <= {200, 503}


def test_a_process_that_does_not_start_is_started_once_more(
    load_example: Callable[[str], ModuleType], monkeypatch: pytest.MonkeyPatch, four: Ink
) -> None:
    service = load_example("http_service")  # an application of its own
    start, tries = service.start_reader, []

    async def fail_at_first() -> Any:
        tries.append(1)
        if len(tries) < 3:
            raise OSError(11, "Resource temporarily unavailable")
        return await start()

    monkeypatch.setattr(service, "start_reader", fail_at_first)
    monkeypatch.setattr(service, "READERS", 1)
    monkeypatch.setattr(service, "RETRY_S", 0.01)
    monkeypatch.setattr(service, "READING_S", 120.0)
    with testclient.TestClient(service.app) as client:
        answer = post(client, four.to_json().encode(), "application/json")
    assert answer.json()["text"] == "4"
    assert len(tries) == 3


def test_a_reading_that_takes_too_long_is_stopped(
    client: Any, service: ModuleType, monkeypatch: pytest.MonkeyPatch, four: Ink
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(service, "READING_S", 0.0)
        answer = post(client, hostile.line_of_ticks(), "application/json")
        assert (answer.status_code, "took over" in answer.text) == (503, True)
    assert post(client, four.to_json().encode(), "application/json").json()["text"] == "4"


def test_a_body_that_comes_too_slowly_is_refused(
    client: Any, service: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow:
        async def stream(self) -> Any:
            while True:
                await asyncio.sleep(0.01)
                yield b" "

    monkeypatch.setattr(service, "BODY_S", 0.05)
    with pytest.raises(service.HTTPException) as refused:
        asyncio.run(service.limited_body(Slow(), 1000))
    assert refused.value.status_code == 408


def test_too_many_requests_are_told_to_come_again(
    client: Any, service: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MAX_REQUESTS", 0)
    answer = post(client, b"{}", "application/json")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
