"""What answers say and what they keep to themselves: failing stores, challenges, token bytes, a busy verifier."""

from __future__ import annotations

import base64
import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest
from tests.web.world import (
    AUDIENCE,
    DOORS,
    ORIGIN,
    PATH,
    Door,
    alice,
    auth,
    call,
    present,
    refused,
    token,
    verifier,
)

from attorn import UnavailableError, Verifier, caveat
from attorn.statement import Kind, Statement
from attorn.store import MemoryStore


class Broken(MemoryStore):
    """A store that cannot be asked."""

    def __init__(self, failing: str) -> None:
        super().__init__()
        self.failing = failing

    def remember(self, presentation: bytes, *, expires: int, now: int) -> bool:
        if self.failing == "remember":
            raise UnavailableError("sqlite /var/lib/secret.db is locked")
        return super().remember(presentation, expires=expires, now=now)

    def statements(self, wanted: Sequence[tuple[Kind, str]], *, by: Any = None) -> Sequence[Statement]:
        if self.failing == "statements":
            raise UnavailableError("sqlite /var/lib/secret.db is locked")
        return super().statements(wanted, by=by)

    def charge(self, charges: Any, *, now: int, retry: Any = None) -> Any:
        raise UnavailableError("sqlite /var/lib/secret.db is locked")


@pytest.mark.parametrize("failing", ["remember", "statements", "charge"])
def test_a_store_that_fails_is_503_and_says_nothing_of_itself(door: Door, failing: str) -> None:
    response = call(door(verifier(store=Broken(failing))), auth=auth(token(caveat.MaxUses(3))))
    refused(response, 503, "unavailable")
    assert response.headers["retry-after"] == "1"
    assert "secret" not in response.text


def test_a_clock_or_a_full_store_that_cannot_decide(door: Door) -> None:
    def broken() -> datetime:
        raise OSError("no clock")

    refused(call(door(verifier(clock=broken)), wire=present()), 503, "unavailable")
    full = door(verifier(store=MemoryStore(capacity=1)))
    assert call(full, wire=present()).status_code == 200
    refused(call(full, wire=present()), 503, "unavailable")


def test_challenges_and_headers(door: Door) -> None:
    app = door(verifier())
    missing = call(app)
    assert missing.headers["www-authenticate"] == f'Attorn realm="{ORIGIN}"'
    assert missing.headers["cache-control"] == "no-store"
    invalid = call(app, wire="AAAA")
    assert invalid.headers["www-authenticate"] == f'Attorn realm="{ORIGIN}", error="malformed"'
    named = call(door(verifier(), realm="Alice's calendar"))
    assert named.headers["www-authenticate"] == 'Attorn realm="Alice\'s calendar"'


@pytest.mark.parametrize("bad", ['a"b', "a\\b", "a\r\nX: y", "caf\u00e9", "a\x00"])
def test_realms_that_would_break_the_header(bad: str) -> None:
    from attorn.errors import InputError  # noqa: PLC0415
    from attorn.web.problem import checked_realm  # noqa: PLC0415

    with pytest.raises(InputError):
        checked_realm(bad)


def test_no_token_bytes_in_any_answer_or_log(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    app = door(verifier())
    wire = present(token=token(caveat.Purpose("keep this to yourself")))
    denied = present("POST", token=token(caveat.Actions("http:get")))
    raw = base64.urlsafe_b64decode(wire + "=" * (-len(wire) % 4))
    spoiled = [wire[:n] + ("A" if wire[n] != "A" else "B") + wire[n + 1 :] for n in range(0, len(wire), 29)]
    texts = [call(app, wire=text).text for text in (*spoiled, wire, wire, wire[:-5], wire + "A", token().encode())]
    texts += [call(app, "POST", wire=denied).text, call(app, wire=present(audience="x")).text, caplog.text]
    for text in texts:
        for sent in (wire, denied):
            assert not any(sent[n : n + 12] in text for n in range(len(sent) - 12))
        assert not any(raw[n : n + 8].hex() in text for n in range(len(raw) - 8))
        assert "keep this to yourself" not in text


def test_verification_leaves_the_event_loop_free() -> None:
    """A verifier that waits must not keep other requests waiting."""
    import asyncio  # noqa: PLC0415
    import threading  # noqa: PLC0415

    import httpx  # noqa: PLC0415

    entered, leave = threading.Event(), threading.Event()

    class Slow(Verifier):
        def authorize(self, *arguments: Any, **named: Any) -> Any:
            entered.set()
            assert leave.wait(10)
            return super().authorize(*arguments, **named)

    app = DOORS["middleware"](Slow(audience=AUDIENCE, roots=[alice.did]))

    async def both() -> tuple[int, int]:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
            slow = asyncio.create_task(client.get(PATH, auth=auth()))
            while not entered.is_set():
                await asyncio.sleep(0.01)
            quick = await client.get("/health")
            leave.set()
            return (await slow).status_code, quick.status_code

    assert asyncio.run(both()) == (200, 200)
