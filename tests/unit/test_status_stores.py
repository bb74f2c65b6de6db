"""From a publisher through a refresh and a store to a verdict: a revocation arrives, an older list does not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.unit.scene import ALICE, AUDIENCE, MALLORY, PLANNER, READ, REQUEST, Clock, given

from attorn import AttornError, Identity, Limits, Token, Verifier, caveat
from attorn.errors import RevokedError, RollbackError, StaleError, StatusError, SuspendedError
from attorn.status import ListKind, Publisher, refresh
from attorn.store import MemoryStore, SQLiteStore

URI = "https://issuer.example/lists/1"


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    if request.param == "memory":
        yield MemoryStore()
        return
    opened = SQLiteStore(str(tmp_path / "attorn.db"))
    yield opened
    opened.close()


class Pages:
    def __init__(self) -> None:
        self.text = ""

    def get(self, url: str, *, accept: str, most: int) -> bytes:
        return self.text.encode()


class Scene:
    """A link that depends on an entry of a list, and a verifier that accepts lists up to five minutes old."""

    def __init__(self, store: Any, kind: str, issuer: Identity = ALICE) -> None:
        self.clock = Clock()
        self.store, self.pages, self.issuer = store, Pages(), issuer
        self.publisher = Publisher(URI, kind=kind)
        self.reference = self.publisher.allocate()
        held = caveat.Status(URI, self.reference.index, issuer=ALICE.did, kind=kind)
        self.token: Token = given(READ, held)
        limits = Limits(staleness=timedelta(minutes=5))
        self.verifier = Verifier(audience=AUDIENCE, roots=[ALICE.did], store=store, clock=self.clock, limits=limits)

    def publish(self, **options: Any) -> str:
        self.pages.text = self.publisher.publish(self.issuer, clock=self.clock, **options)
        return self.pages.text

    def refresh(self) -> AttornError | None:
        (found,) = refresh(self.store, [self.reference], self.pages)
        return found.error

    def verdict(self) -> type[AttornError] | None:
        holder = Identity(PLANNER.signer, clock=self.clock)
        wire = holder.present(self.token, REQUEST, audience=AUDIENCE)
        try:
            self.verifier.authorize(wire, REQUEST)
        except AttornError as error:
            return type(error)
        return None


KINDS = pytest.mark.parametrize("kind", ["token", "revocation", "suspension"])


@KINDS
def test_what_is_revoked_is_refused_at_the_next_refresh(store: Any, kind: str) -> None:
    scene = Scene(store, kind)
    assert scene.verdict() is StaleError
    scene.publish()
    assert scene.refresh() is None
    assert scene.verdict() is None
    suspends = scene.publisher.kind is ListKind.SUSPENSION
    (scene.publisher.suspend if suspends else scene.publisher.revoke)(scene.reference.index)
    # In the same second: the list speaks from the next.
    scene.publish()
    assert scene.verdict() is None
    assert scene.refresh() is None
    assert scene.verdict() is (SuspendedError if suspends else RevokedError)


@KINDS
def test_attack_107_an_older_list_is_refused_and_changes_nothing(store: Any, kind: str) -> None:
    scene = Scene(store, kind)
    before = scene.publish()
    suspends = scene.publisher.kind is ListKind.SUSPENSION
    (scene.publisher.suspend if suspends else scene.publisher.revoke)(scene.reference.index)
    scene.publish()
    assert scene.refresh() is None
    refused = scene.verdict()
    assert refused in (RevokedError, SuspendedError)
    scene.pages.text = before
    assert isinstance(scene.refresh(), RollbackError)
    assert scene.verdict() is refused


@KINDS
def test_attack_107_a_list_that_is_too_old_or_over_is_closed(store: Any, kind: str) -> None:
    scene = Scene(store, kind)
    scene.publish(lifetime=timedelta(minutes=2))
    assert scene.refresh() is None
    assert scene.verdict() is None
    scene.clock.second += 119
    assert scene.verdict() is None
    scene.clock.second += 1
    assert scene.verdict() is StaleError
    scene.publish()
    assert scene.refresh() is None
    assert scene.verdict() is None
    scene.clock.second += 301
    assert scene.verdict() is StaleError
    scene.pages.text = "unreachable"
    assert scene.refresh() is not None
    assert scene.verdict() is StaleError


@KINDS
def test_attack_107_a_list_by_another_issuer_says_nothing(store: Any, kind: str) -> None:
    scene = Scene(store, kind, issuer=MALLORY)
    scene.publish()
    # It is genuine, and kept as Mallory's own.
    assert scene.refresh() is None
    assert scene.verdict() is StaleError


def test_attack_105_a_list_of_another_kind_says_nothing(store: Any) -> None:
    scene = Scene(store, "revocation")
    scene.publisher = Publisher(URI, kind="suspension")
    scene.publish()
    assert scene.refresh() is None
    assert scene.verdict() is StaleError


def test_attack_104_an_entry_that_the_list_has_not(store: Any) -> None:
    scene = Scene(store, "token")
    scene.publish()
    assert scene.refresh() is None
    outside = caveat.Status(URI, 131_072, issuer=ALICE.did, kind="token")
    scene.token = given(READ, outside)
    assert scene.verdict() is StatusError
