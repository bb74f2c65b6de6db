"""What a verifier remembers of a chain: signatures that held, and nothing that can change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from tests.unit.mandate_scene import (
    AGENT,
    AUDIENCE,
    MALLORY,
    NONCE,
    NOW,
    PAYEES,
    RANGE,
    REFERENCE,
    SUB,
    USER,
    b64,
    follow,
    opened,
    paid,
    root,
    unb64,
)

from attorn import Identity
from attorn.did.document import DidDocument
from attorn.did.reading import read
from attorn.did.resolver import LocalResolver
from attorn.errors import AttornError, InputError, ResolutionError, RevokedError, UnavailableError
from attorn.keys.ec_key import EcKey
from attorn.keys.jwk import to_jwk
from attorn.mandate.head import MOST_REMEMBERED
from attorn.mandate.verified import VerifiedChain
from attorn.mandate.verifier import MandateVerifier

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
STATUS = {"status_list": {"idx": 1, "uri": "https://a.example/1"}}


@pytest.fixture
def signatures(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """What became of each signature that was verified."""
    found: list[bool] = []
    verify = EcKey.verify

    def counted(key: EcKey, signature: bytes, message: bytes) -> bool:
        found.append(verify(key, signature, message))
        return found[-1]

    monkeypatch.setattr(EcKey, "verify", counted)
    return found


class Directory:
    """A resolver whose documents can change; it counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.gone = False

    def resolve(self, did: str) -> DidDocument:
        self.asked += 1
        if self.gone:
            raise ResolutionError(f"{did}: deactivated")
        return LocalResolver().resolve(did)


def verifier(**changed: Any) -> MandateVerifier:
    given: dict[str, Any] = {"audience": AUDIENCE, "anchors": [USER.jwk], "merchants": [], **changed}
    return MandateVerifier(**given)


def shown(by: MandateVerifier, text: str, *, at: int = NOW, nonce: str = NONCE) -> VerifiedChain:
    return by.verify(text, nonce=nonce, now=datetime.fromtimestamp(at, UTC))


def refused(code: str, call: Callable[[], object]) -> AttornError:
    with pytest.raises(AttornError) as caught:
        call()
    assert caught.value.code == code, caught.value
    return caught.value


def test_the_second_payment_of_one_mandate_verifies_its_own_signature_alone(signatures: list[bool]) -> None:
    by, held = verifier(), root(opened())
    first = shown(by, follow(held, paid(transaction_id="t-1")))
    assert signatures == [True, True]
    second = shown(by, follow(held, paid(transaction_id="t-2")))
    assert signatures == [True, True, True]
    assert second.hops[0] == first.hops[0]
    assert second.hops[1] != first.hops[1]
    fresh = shown(verifier(), second.text)
    assert (fresh.hops, fresh.expires, fresh.text) == (second.hops, second.expires, second.text)


def test_a_chain_that_was_handed_on_is_one_head(signatures: list[bool]) -> None:
    by, held = verifier(), root(opened(attorn={"redelegations": 1}))
    handed = follow(held, opened(SUB))
    shown(by, follow(handed, by=SUB))
    assert len(signatures) == 3
    shown(by, follow(handed, paid(transaction_id="t-2"), by=SUB))
    assert len(signatures) == 4
    # The open mandate alone is another head, which was never the whole of one.
    shown(by, follow(held))
    assert len(signatures) == 6


def test_nothing_is_remembered_where_that_is_not_wanted(signatures: list[bool]) -> None:
    by, held = verifier(cache=0), root(opened())
    for number in range(3):
        shown(by, follow(held, paid(transaction_id=f"t-{number}")))
    assert len(signatures) == 6


def test_what_is_remembered_is_bounded_by_number_and_length(signatures: list[bool]) -> None:
    by, texts = verifier(cache=2), [root(opened(note=f"{number}")) for number in range(3)]
    for text in texts:
        shown(by, follow(text))
    del signatures[:]
    shown(by, follow(texts[2]))
    shown(by, follow(texts[1]))
    assert len(signatures) == 2
    shown(by, follow(texts[0]))
    assert len(signatures) == 4
    long = root(opened(note="n" * MOST_REMEMBERED))
    del signatures[:]
    for _ in range(2):
        shown(by, follow(long))
    assert len(signatures) == 4


def test_another_text_is_another_head(signatures: list[bool]) -> None:
    """One disclosure fewer, or the other ECDSA signature of the same bytes: nothing is taken over."""
    by, whole = verifier(), root(opened())
    shown(by, follow(whole))
    jwt, first, *others = whole.split("~")
    message, _, signature = jwt.rpartition(".")
    octets = unb64(signature)
    twin = octets[:32] + (ORDER - int.from_bytes(octets[32:], "big")).to_bytes(32, "big")
    for text in ("~".join((jwt, *others)), "~".join((f"{message}.{b64(twin)}", first, *others))):
        del signatures[:]
        shown(by, follow(text))
        assert signatures == [True, True]


@pytest.mark.parametrize(
    ("code", "last"),
    [
        pytest.param("bad_signature", lambda held: follow(held, by=MALLORY), id="another signer"),
        pytest.param("bad_signature", lambda held: follow(held, by=USER), id="the user in the agent's place"),
        pytest.param("broken_chain", lambda held: follow(held, sd_hash="A" * 43), id="made for another"),
        pytest.param("bad_mandate", lambda held: follow(held, sd_hash=...), id="made for none"),
        pytest.param("outside_validity", lambda held: follow(held, iat=NOW + 400), id="from the future"),
        pytest.param("wrong_audience", lambda held: follow(held, aud="another"), id="another audience"),
        pytest.param("wrong_request", lambda held: follow(held, nonce="another"), id="another nonce"),
    ],
)
def test_the_last_hop_is_never_taken_for_granted(code: str, last: Callable[[str], str]) -> None:
    by, held = verifier(), root(opened())
    assert refused(code, lambda: shown(by, last(held))).code == code
    shown(by, follow(held))
    refused(code, lambda: shown(by, last(held)))
    shown(by, follow(held, paid(transaction_id="t-2")))


def test_a_last_hop_of_another_head_is_refused_behind_a_known_one() -> None:
    by, mine, other = verifier(), root(opened()), root(opened())
    shown(by, follow(mine))
    shown(by, follow(other))
    spliced = mine[:-1] + "~~" + follow(other).rpartition("~~")[2]
    refused("broken_chain", lambda: shown(by, spliced))


def test_what_failed_is_not_remembered(signatures: list[bool]) -> None:
    by, forged = verifier(), root(opened(), by=MALLORY)
    for _ in range(2):
        refused("bad_signature", lambda: shown(by, follow(forged)))
    assert signatures == [False, False]
    held = root(opened())
    refused("bad_signature", lambda: shown(by, follow(held, by=MALLORY)))
    del signatures[:]
    shown(by, follow(held))
    assert len(signatures) == 2


def test_times_are_asked_again() -> None:
    by, held = verifier(), root(opened(exp=NOW + 10, iat=NOW - 10))
    shown(by, follow(held))
    refused("outside_validity", lambda: shown(by, follow(held, iat=NOW + 1000), at=NOW + 1000))
    early = root(opened(nbf=NOW, exp=NOW + 3600, iat=NOW - 2000))
    shown(by, follow(early))
    refused("outside_validity", lambda: shown(by, follow(early, iat=NOW - 1000), at=NOW - 1000))


def test_status_is_asked_again() -> None:
    asked: list[int] = []

    def status(hop: object, now: int) -> None:
        asked.append(now)
        if len(asked) > 1:
            raise RevokedError("taken back")

    by, held = verifier(status=status), root(opened(), status=STATUS)
    shown(by, follow(held))
    refused("revoked", lambda: shown(by, follow(held)))
    assert asked == [NOW, NOW]


def test_an_anchor_that_is_a_did_is_asked_again(signatures: list[bool]) -> None:
    directory = Directory()
    by, held = verifier(anchors=[USER.did], resolver=directory), root(opened())
    shown(by, follow(held))
    before, count = directory.asked, len(signatures)
    shown(by, follow(held))
    assert directory.asked > before
    assert len(signatures) == count + 1
    directory.gone = True
    refused("unresolved_principal", lambda: shown(by, follow(held)))


def test_an_anchor_that_changed_its_key_trusts_no_old_signature() -> None:
    did = "did:web:user.example"
    keys = [USER]

    class Changing:
        def resolve(self, asked: str) -> DidDocument:
            method = {"id": f"{did}#1", "type": "JsonWebKey", "controller": did, "publicKeyJwk": keys[0].jwk}
            return read({"id": did, "verificationMethod": [method], "assertionMethod": [f"{did}#1"]}, did)

    by, held = verifier(anchors=[did], resolver=Changing()), root(opened())
    shown(by, follow(held))
    keys[0] = MALLORY
    refused("bad_signature", lambda: shown(by, follow(held)))
    keys[0] = USER
    shown(by, follow(held))


def test_the_keys_of_a_holders_did_are_asked_again() -> None:
    directory = Directory()
    by = verifier(resolver=directory)
    held = root(opened(cnf={"jwk": AGENT.jwk, "did": AGENT.did}))
    shown(by, follow(held))
    directory.gone = True
    refused("unresolved_principal", lambda: shown(by, follow(held)))


def test_narrowing_is_held_against_a_head_that_is_known() -> None:
    by, held = verifier(), root(opened(attorn={"redelegations": 2}))
    handed = follow(held, opened(SUB, constraints=[{**RANGE, "max": 100}, PAYEES, REFERENCE]))
    shown(by, follow(handed, by=SUB))
    wider = follow(handed, opened(AGENT, constraints=[{**RANGE, "max": 101}, PAYEES, REFERENCE]), by=SUB)
    refused("broken_chain", lambda: shown(by, follow(wider)))


def test_what_a_caller_does_to_claims_changes_nothing() -> None:
    by, held = verifier(), root(opened())
    found = shown(by, follow(held))
    found.hops[0].claims.clear()
    assert found.hops[0].claims["delegate_payload"]
    assert shown(by, follow(held)).hops[0].claims == found.hops[0].claims


@pytest.mark.parametrize("cache", [-1, 1.0, True, None, "1"])
def test_a_number_of_mandates_it_must_be(cache: object) -> None:
    with pytest.raises(InputError, match="cache"):
        verifier(cache=cache)


def test_two_policies_share_nothing() -> None:
    held = root(opened(exp=NOW + 10))
    for anchors, code in (([USER.jwk], None), ([MALLORY.jwk], "bad_signature"), ([], "untrusted_root")):
        by = verifier(anchors=anchors, age=timedelta(hours=1))
        if code is None:
            shown(by, follow(held))
        else:
            refused(code, lambda by=by: shown(by, follow(held)))


class Several:
    """Two DIDs, each with one key, or none and an error instead."""

    def __init__(self, **keys: Any) -> None:
        self.keys = keys

    def resolve(self, did: str) -> DidDocument:
        said = self.keys[did.removeprefix("did:web:").removesuffix(".example")]
        if isinstance(said, AttornError):
            raise said
        method = {"id": f"{did}#1", "type": "JsonWebKey", "controller": did, "publicKeyJwk": said.jwk}
        return read({"id": did, "verificationMethod": [method], "assertionMethod": [f"{did}#1"]}, did)


A, B = "did:web:a.example", "did:web:b.example"


@pytest.mark.parametrize(
    "then",
    [USER, MALLORY, ResolutionError("gone"), UnavailableError("no answer")],
    ids=["takes the key", "changes nothing", "is gone", "does not answer"],
)
@pytest.mark.parametrize(
    "anchors",
    [[B, A], [A, B], [B, USER.jwk], [USER.jwk, B], [MALLORY.jwk, A]],
    ids=["before", "behind", "before a key", "behind a key", "behind another key"],
)
def test_several_anchors_are_asked_in_their_order_again(anchors: list[Any], then: Any) -> None:
    """What changes of an anchor that did not sign counts as it counts for a verifier that remembers nothing."""
    found = []
    for cache in (0, 8):
        directory = Several(a=USER, b=MALLORY)
        by, held = verifier(anchors=anchors, resolver=directory, cache=cache), root(opened())
        shown(by, follow(held))
        directory.keys["b"] = then
        try:
            found.append(shown(by, follow(held, paid(transaction_id="t-2"))).hops[0].did)
        except AttornError as error:
            found.append(error.code)
    assert found[0] == found[1]


def test_an_anchor_that_lost_its_last_key_trusts_nothing() -> None:
    directory = Several(a=USER)
    by, held = verifier(anchors=[A], resolver=directory), root(opened())
    shown(by, follow(held))
    directory.keys["a"] = SimpleNamespace(jwk=to_jwk(Identity.from_seed(b"\x52" * 32).signer.public_key))
    refused("untrusted_root", lambda: shown(by, follow(held)))


def test_a_chain_whose_root_another_anchor_takes_over_is_read_anew() -> None:
    directory = Several(a=USER, b=MALLORY)
    by = verifier(anchors=[B, A], resolver=directory)
    chain = follow(root(opened(attorn={"redelegations": 1})), opened(SUB))
    assert shown(by, follow(chain, by=SUB)).hops[0].did == A
    directory.keys["b"] = USER
    found = shown(by, follow(chain, by=SUB))
    assert (len(found.hops), found.hops[0].did) == (3, B)


def of_length(size: int) -> str:
    """An open mandate of so many characters."""
    most = (size - len(root(opened(note="")))) * 3 // 4
    texts = (
        root(opened(note="n" * (most - less)), header={"kid": "k" * kid}) for less in range(32) for kid in range(1, 4)
    )
    return next(text for text in texts if len(text) == size)


@pytest.mark.parametrize(("more", "verified"), [(0, 3), (1, 4)])
def test_the_longest_head_that_is_remembered(signatures: list[bool], more: int, verified: int) -> None:
    by, held = verifier(), of_length(16_384 + more)
    for number in range(2):
        shown(by, follow(held, paid(transaction_id=f"t-{number}")))
    assert len(signatures) == verified
