"""An agent, the directory of its keys, and a shop that wants to know who calls; without a network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from attorn import Identity
from attorn.errors import UnavailableError
from attorn.httpsig import AgentVerifier, Directories, Directory, RequestSigner, SignedMessage, Source
from attorn.httpsig.source import WELL_KNOWN

ORIGIN, AGENT, OTHER = "https://shop.example", "https://agent.example", "https://other.example"
START = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)

agent, other = (Identity.from_seed(bytes([number]) * 32) for number in (1, 2))
p256 = Identity.generate(algorithm="P-256")


class Clock:
    """A clock that is set by hand."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def tick(self, **span: float) -> None:
        self.at += timedelta(**span)


class Web:
    """A transport to documents by URL; it counts, and fails where it is told to."""

    redirects = 0

    def __init__(self, **documents: bytes) -> None:
        self.documents: dict[str, bytes | Callable[[], bytes] | None] = dict(documents)
        self.asked: list[str] = []
        self.accepts: list[str] = []
        self.down = False

    def get(self, url: str, *, accept: str, most: int) -> bytes | None:
        self.asked.append(url)
        self.accepts.append(accept)
        if self.down:
            raise UnavailableError("fetch: no answer")
        found = self.documents.get(url)
        return found() if callable(found) else found


def published(*identities: Identity, origin: str = AGENT) -> bytes:
    return Directory(*identities, origin=origin).body


def web() -> Web:
    found = Web()
    found.documents = {AGENT + WELL_KNOWN: published(agent), OTHER + WELL_KNOWN: published(other, origin=OTHER)}
    return found


def verifier(clock: Clock, transport: Web | None = None, **arguments: Any) -> AgentVerifier:
    directories = Directories(transport or web(), clock=clock)
    return AgentVerifier(directories, **{"agents": [AGENT, OTHER], "clock": clock, **arguments})


def signer(clock: Clock, by: Identity = agent, *, agent: str | Source = AGENT, **arguments: Any) -> RequestSigner:
    return RequestSigner(by, agent=agent, clock=clock, **arguments)


def message(method: str = "GET", path: str = "/cart", **arguments: Any) -> SignedMessage:
    return SignedMessage(method=method, origin=ORIGIN, path=path, **arguments)


def signed(
    clock: Clock, unsigned: SignedMessage | None = None, by: RequestSigner | None = None, **fields: str | None
) -> SignedMessage:
    """A request with its signature; `fields` replace those that were signed, or with None take them away."""
    bare = message() if unsigned is None else unsigned
    added: dict[str, str | None] = dict((by or signer(clock)).sign(bare))
    added |= {name.replace("_", "-"): value for name, value in fields.items()}
    kept = tuple(line for line in bare.headers if line[0] not in added)
    return replace(bare, headers=kept + tuple((name, value) for name, value in added.items() if value is not None))
