"""Which URL published which key: what is fetched, what is remembered, what replaces what, and what is left out."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from tests.adapters.httpsig.scene import (
    AGENT,
    OTHER,
    START,
    Clock,
    Web,
    agent,
    other,
    p256,
    published,
    signed,
    signer,
    verifier,
    web,
)

from attorn import Identity
from attorn.errors import AttornError, InputError, LimitError, MalformedError, ResolutionError, UnavailableError
from attorn.httpsig import Directories, Directory, Kind, Source
from attorn.httpsig.directory import read_directory
from attorn.httpsig.source import MEDIA_TYPE, WELL_KNOWN
from attorn.keys.jwk import thumbprint, to_jwk
from attorn.web.fetch import HttpTransport

HERE = Source(AGENT)
MINE, THEIRS = (thumbprint(each.signer.public_key) for each in (agent, other))
NOW = int(START.timestamp())


def jwk(identity: Identity = agent, **members: Any) -> dict[str, Any]:
    return {**to_jwk(identity.signer.public_key), **members}


def document(*keys: Any) -> bytes:
    return json.dumps({"keys": list(keys)}).encode()


def listed(*keys: Any, kind: Kind = Kind.DIRECTORY) -> set[str]:
    return set(read_directory(document(*keys), kind))


def test_what_is_asked_for() -> None:
    transport = web()
    assert Directories(transport, clock=Clock()).key(HERE, MINE) == agent.signer.public_key
    assert (transport.asked, transport.accepts) == ([AGENT + WELL_KNOWN], [MEDIA_TYPE])


def test_it_is_not_fetched_for_every_request() -> None:
    clock, transport = Clock(), web()
    directories = Directories(transport, clock=clock)
    for _ in range(3):
        directories.key(HERE, MINE)
        clock.tick(seconds=99)
    assert len(transport.asked) == 1
    clock.tick(seconds=3)
    directories.key(HERE, MINE)
    assert len(transport.asked) == 2


def test_a_key_is_looked_up_under_its_url_and_never_alone() -> None:
    directories = Directories(web(), clock=Clock())
    directories.key(HERE, MINE)
    with pytest.raises(ResolutionError):
        directories.key(Source(OTHER), MINE)
    with pytest.raises(ResolutionError):
        directories.key(HERE, THEIRS)


def test_one_url_as_two_kinds_is_two_documents() -> None:
    transport = web()
    directories = Directories(transport, clock=Clock())
    directories.key(HERE, MINE)
    with pytest.raises(UnavailableError):
        directories.key(Source(AGENT + "/keys", Kind.JWKS_URI), MINE)


@pytest.mark.parametrize("failure", ["down", "gone", "junk", "page", "long", "text", "raises"])
def test_a_failed_fetch_does_not_evict(failure: str) -> None:
    # attack 40
    clock, transport = Clock(), web()
    directories = Directories(transport, clock=clock)
    directories.key(HERE, MINE)
    answers: dict[str, Any] = {"gone": None, "junk": b"\xff", "page": b"<html>", "long": b" " * 65_537, "text": "{}"}
    answers["raises"] = lambda: 1 / 0
    transport.down = failure == "down"
    transport.documents[AGENT + WELL_KNOWN] = answers.get(failure)
    clock.tick(hours=23)
    assert directories.key(HERE, MINE) == agent.signer.public_key
    assert len(transport.asked) == 2
    with pytest.raises(UnavailableError):
        directories.key(HERE, THEIRS)  # it may have been added: nobody can say
    clock.tick(hours=1)
    with pytest.raises(UnavailableError):
        directories.key(HERE, MINE)  # too long ago


def failing(error: AttornError) -> Any:
    def fail() -> bytes:
        raise error

    return fail


@pytest.mark.parametrize("error", [InputError, MalformedError, ResolutionError, LimitError, UnavailableError])
def test_a_transport_says_nothing_of_an_agent_by_its_errors(error: type[AttornError]) -> None:
    clock, transport = Clock(), web()
    transport.documents[AGENT + WELL_KNOWN] = failing(error("no such thing"))
    directories = Directories(transport, clock=clock)
    # The second time nobody is asked, and it is no more known than the first.
    for _ in range(2):
        with pytest.raises(UnavailableError):
            directories.key(HERE, MINE)
    assert len(transport.asked) == 1
    transport.documents[AGENT + WELL_KNOWN] = published(agent)
    clock.tick(seconds=30)
    assert directories.key(HERE, MINE) == agent.signer.public_key
    transport.documents[AGENT + WELL_KNOWN] = failing(error("no such thing"))
    clock.tick(hours=23)
    assert directories.key(HERE, MINE) == agent.signer.public_key
    with pytest.raises(UnavailableError):
        directories.key(HERE, THEIRS)


def test_a_directory_that_lacks_the_key_replaces() -> None:
    clock, transport = Clock(), web()
    directories = Directories(transport, clock=clock)
    directories.key(HERE, MINE)
    transport.documents[AGENT + WELL_KNOWN] = published(other)
    clock.tick(minutes=5)
    with pytest.raises(ResolutionError):
        directories.key(HERE, MINE)
    transport.down = True
    clock.tick(minutes=5)
    with pytest.raises(UnavailableError):
        directories.key(HERE, MINE)
    assert directories.key(HERE, THEIRS) == other.signer.public_key


def test_a_key_that_is_added_is_found_at_once_and_asked_for_once_in_a_while() -> None:
    clock, transport = Clock(), web()
    directories = Directories(transport, clock=clock)
    directories.key(HERE, MINE)
    for _ in range(3):
        with pytest.raises(ResolutionError):
            directories.key(HERE, THEIRS)
    assert len(transport.asked) == 1
    transport.documents[AGENT + WELL_KNOWN] = published(agent, other)
    clock.tick(seconds=30)
    assert directories.key(HERE, THEIRS) == other.signer.public_key
    assert len(transport.asked) == 2


def test_nothing_is_known_and_nobody_answers() -> None:
    clock, transport = Clock(), web()
    transport.down = True
    directories = Directories(transport, clock=clock)
    for _ in range(3):
        with pytest.raises(UnavailableError):
            directories.key(HERE, MINE)
    assert len(transport.asked) == 1
    transport.down = False
    clock.tick(seconds=31)
    assert directories.key(HERE, MINE) == agent.signer.public_key


def test_a_clock_that_steps_back_makes_nothing_fresh() -> None:
    clock, transport = Clock(), web()
    directories = Directories(transport, clock=clock)
    directories.key(HERE, MINE)
    transport.documents[AGENT + WELL_KNOWN] = published(other)
    clock.tick(days=-1)
    with pytest.raises(ResolutionError):
        directories.key(HERE, MINE)


@pytest.mark.parametrize(("nbf", "exp"), [(NOW + 1, None), (None, NOW), (NOW - 9, NOW - 1), (NOW, NOW)])
def test_a_key_outside_its_window(nbf: int | None, exp: int | None) -> None:
    transport = Web()
    window = {name: value for name, value in (("nbf", nbf), ("exp", exp)) if value is not None}
    transport.documents[AGENT + WELL_KNOWN] = document(jwk(**window))
    with pytest.raises(ResolutionError):
        Directories(transport, clock=Clock()).key(HERE, MINE)


def test_a_key_within_its_window_until_it_is_over() -> None:
    clock, transport = Clock(), Web()
    transport.documents[AGENT + WELL_KNOWN] = document(jwk(nbf=NOW, exp=NOW + 60))
    directories = Directories(transport, clock=clock)
    assert directories.key(HERE, MINE) == agent.signer.public_key
    clock.tick(minutes=1)
    with pytest.raises(ResolutionError):
        directories.key(HERE, MINE)


@pytest.mark.parametrize(
    "members",
    [
        {"kid": THEIRS}, {"kid": "1"}, {"kid": 1}, {"kid": None}, {"use": "enc"}, {"key_ops": ["sign"]},
        {"alg": "ES256"}, {"alg": "HS256"}, {"crv": "X25519"}, {"kty": "oct"}, {"kty": "RSA"},
        {"x": "AAAA"}, {"x": "A" * 43}, {"nbf": "1"}, {"exp": 1.5}, {"exp": None}, {"nbf": True}, {"y": "A" * 43},
    ],
    ids=str,
)  # fmt: skip
def test_a_key_that_is_left_out(members: dict[str, Any]) -> None:
    # attacks 16 to 18, 23, 25, 33
    assert listed(jwk(**members), jwk(other)) == {THEIRS}


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("secret", [jwk(d="AAAA"), {"kty": "oct", "k": "AAAA"}, {"d": None}, {"kty": "RSA", "oth": []}])
def test_of_a_set_that_discloses_a_secret_no_key_counts(secret: dict[str, Any], kind: Kind) -> None:
    # attack 24
    assert listed(jwk(other), secret, kind=kind) == set()
    assert listed(secret, jwk(other), kind=kind) == set()


def test_an_agent_that_disclosed_a_secret_is_not_known_by_what_it_said_before() -> None:
    # attack 24
    clock, transport = Clock(), web()
    directories = Directories(transport, clock=clock)
    directories.key(HERE, MINE)
    transport.documents[AGENT + WELL_KNOWN] = document(jwk(), {"kty": "oct", "k": "AAAA"})
    clock.tick(minutes=5)
    with pytest.raises(ResolutionError):
        directories.key(HERE, MINE)
    transport.documents[AGENT + WELL_KNOWN] = published(agent)
    clock.tick(seconds=30)
    assert directories.key(HERE, MINE) == agent.signer.public_key


def test_a_kid_of_a_jwk_set_is_only_a_name() -> None:
    assert listed(jwk(kid="1"), jwk(other, kid=MINE), kind=Kind.JWKS_URI) == {MINE, THEIRS}


def test_a_key_that_is_there_twice() -> None:
    assert listed(jwk(exp=1), jwk(), jwk(other)) == {THEIRS}
    assert listed(jwk(kid="another"), jwk(), jwk(other)) == {THEIRS}
    assert listed(*[jwk()] * 3, kind=Kind.JWKS_URI) == set()


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"{}", b'{"keys":{}}', b'{"keys":null}', b'{"keys":[],"keys":[]}', b"\xef\xbb\xbf" + b'{"keys":[]}',
        b'{"keys":[]}x', b'{"keys":[[[[[[[[[]]]]]]]]]}', document(*[jwk()] * 65), b'{"keys":[' + b"1" * 5000 + b"]}",
        *(document(junk, jwk()) for junk in (1, None, [], "x")),
    ],
)  # fmt: skip
def test_what_is_no_directory(body: bytes) -> None:
    # attacks 1, 3, 12, 14, 21
    with pytest.raises(MalformedError):
        read_directory(body, Kind.DIRECTORY)


def test_a_key_of_no_kind_hides_none() -> None:
    assert listed({}, jwk(), {"kty": 1}, jwk(p256)) == {MINE, thumbprint(p256.signer.public_key)}


@pytest.mark.parametrize("url", ["http://agent.example", "https://10.0.0.1.nip", "https://agent.example/", AGENT])
def test_a_source_is_one_url(url: str) -> None:
    try:
        assert Source(url).url.startswith("https://")
    except InputError:
        assert url.startswith("http:")


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("http://agent.example", Kind.DIRECTORY), ("https://agent.example/x", Kind.DIRECTORY),
        ("agent.example", Kind.DIRECTORY), ("https://ägent.example", Kind.DIRECTORY),
        (AGENT, Kind.JWKS_URI), (f"{AGENT}/x?y", Kind.JWKS_URI), (f"{AGENT}/x", "jwks_uri"), (1, Kind.DIRECTORY),
        ("ws://agent.example", Kind.DIRECTORY), (f"{AGENT}/../../x?", Kind.JWKS_URI),
    ],
)  # fmt: skip
def test_what_is_no_source(url: Any, kind: Any) -> None:
    with pytest.raises(InputError):
        Source(url, kind)


def test_a_transport_that_follows_redirects_is_not_taken() -> None:
    # attack 35
    with pytest.raises(InputError):
        Directories(HttpTransport())
    Directories(HttpTransport(redirects=0))


@pytest.mark.parametrize("said", [None, True, False, "0", 1])
def test_a_transport_must_say_that_it_follows_none(said: object) -> None:
    # attack 35
    transport = web()
    transport.redirects = said  # type: ignore[assignment]
    with pytest.raises(InputError, match="says that it follows no redirects"):
        Directories(transport)


class Unsaid:
    def get(self, url: str, *, accept: str, most: int) -> bytes | None:
        raise AssertionError("asked")


def test_a_transport_that_says_nothing_of_redirects_is_not_taken() -> None:
    with pytest.raises(InputError, match="says that it follows no redirects"):
        Directories(Unsaid())  # type: ignore[arg-type]


def test_what_directories_cannot_be_made_of() -> None:
    for transport, arguments in (
        (None, {}), (web(), {"fresh": 5}), (web(), {"retry": timedelta(-1)}), (web(), {"at_once": 0}),
        (web(), {"keep": timedelta(seconds=1)}), (web(), {"at_once": True}),
    ):  # fmt: skip
        with pytest.raises(InputError):
            Directories(transport, **arguments)  # type: ignore[arg-type]


def test_what_a_directory_cannot_be_made_of() -> None:
    for identities, arguments in (
        ((), {}), ((agent, agent), {}), ((AGENT,), {}), ((agent,), {"origin": "http://agent.example"}),
        ((agent,), {"lifetime": 60}), ((agent,), {"lifetime": timedelta(0)}), ((agent,), {"lifetime": timedelta.max}),
        ((agent,), {"lifetime": timedelta(days=365, seconds=1)}), ((agent,), {"origin": f"{AGENT}/x"}),
    ):  # fmt: skip
        with pytest.raises(InputError):
            Directory(*identities, **{"origin": AGENT, **arguments})  # type: ignore[arg-type]


def test_only_so_many_are_asked_at_once() -> None:
    """A stranger who names slow directories stops nobody whose directory is known, and takes one thread at most."""
    started, go = threading.Event(), threading.Event()
    clock, transport = Clock(), web()
    directories = Directories(transport, clock=clock, at_once=1)
    directories.key(HERE, MINE)

    def slow() -> bytes:
        started.set()
        assert go.wait(10)
        return published(other)

    transport.documents[OTHER + WELL_KNOWN] = slow
    found: list[object] = []
    thread = threading.Thread(target=lambda: found.append(directories.key(Source(OTHER), THEIRS)))
    thread.start()
    try:
        assert started.wait(10)
        assert directories.key(HERE, MINE) == agent.signer.public_key
        with pytest.raises(UnavailableError):
            directories.key(Source("https://third.example"), MINE)
        # No longer fresh, and nobody may be asked: what was said before counts until `keep`, and a key that was not
        # in it may have been added.
        clock.tick(hours=23)
        assert directories.key(HERE, MINE) == agent.signer.public_key
        with pytest.raises(UnavailableError):
            directories.key(HERE, THEIRS)
        clock.tick(hours=1)
        with pytest.raises(UnavailableError):
            directories.key(HERE, MINE)
    finally:
        go.set()
        thread.join()
    assert found == [other.signer.public_key]
    # Who was not asked for want of a place has not been asked just now.
    assert directories.key(HERE, MINE) == agent.signer.public_key
    assert transport.asked.count(AGENT + WELL_KNOWN) == 2


def test_nobody_waits_for_a_slow_agent() -> None:
    """All who ask about it while it is being asked are told so at once, and the others are served."""
    started, go = threading.Event(), threading.Event()
    clock, transport = Clock(), web()
    directories = Directories(transport, clock=clock, at_once=2)

    def slow() -> bytes:
        started.set()
        assert go.wait(10)
        return published(other)

    transport.documents[OTHER + WELL_KNOWN] = slow
    thread = threading.Thread(target=lambda: directories.key(Source(OTHER), THEIRS))
    thread.start()
    try:
        assert started.wait(10)
        for _ in range(3):
            with pytest.raises(UnavailableError, match="being asked already"):
                directories.key(Source(OTHER), THEIRS)
        assert directories.key(HERE, MINE) == agent.signer.public_key
    finally:
        go.set()
        thread.join()
    assert directories.key(Source(OTHER), THEIRS) == other.signer.public_key


def test_a_rotation_changes_the_key_and_not_the_agent() -> None:
    clock, transport = Clock(), web()
    by = verifier(clock, transport)
    assert by.identify(signed(clock)).did == agent.did
    transport.documents[AGENT + WELL_KNOWN] = published(agent, p256)
    clock.tick(minutes=1)
    renewed = by.identify(signed(clock, by=signer(clock, p256)))
    assert (renewed.url, renewed.did) == (AGENT, p256.did)
    transport.documents[AGENT + WELL_KNOWN] = published(p256)
    clock.tick(minutes=5)
    with pytest.raises(AttornError):
        by.identify(signed(clock))
