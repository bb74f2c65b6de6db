"""What attorn issues, hands on, closes and shows in part; and whom a root may be signed by."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from tests.unit.mandate_scene import (
    AGENT,
    AT,
    AUDIENCE,
    MALLORY,
    NONCE,
    NOW,
    SUB,
    USER,
    Party,
    b64,
    check,
    follow,
    opened,
    party,
    root,
    unb64,
)
from tests.unit.status_scene import lst, signed_token

from attorn import Identity, sdjwt, status
from attorn.checkout.party import Instrument, Merchant
from attorn.did.resolver import LocalResolver
from attorn.errors import AttornError, MalformedError
from attorn.keys.ec_key import Curve, EcKey
from attorn.mandate import wire
from attorn.mandate.agent_key import AgentKey
from attorn.mandate.appending import Binding, close, delegate
from attorn.mandate.constraint.allowed_payees import AllowedPayees
from attorn.mandate.constraint.amount_range import AmountRange
from attorn.mandate.constraint.budget import Budget
from attorn.mandate.constraint.reference import Reference
from attorn.mandate.issuing import issue, issue_closed
from attorn.mandate.listed import by_lists
from attorn.mandate.open_payment import OpenPayment
from attorn.mandate.order import ClosedCheckout
from attorn.mandate.payment import ClosedPayment
from attorn.mandate.presets import Presets
from attorn.mandate.redacting import redact
from attorn.mandate.verifying import verify_held
from attorn.request.money import Money
from attorn.status import TokenReference

HOUR = AT + timedelta(hours=1)
PAYMENT = ClosedPayment(
    transaction_id="t", payee=Merchant("m-1", "M"), amount=Money(5, "USD"), instrument=Instrument("i", "card")
)


def limits(most: int = 5000, *payees: str) -> OpenPayment:
    allowed = AllowedPayees(tuple(Merchant(each, each) for each in payees or ("m-1", "m-2", "m-3")))
    return OpenPayment((AmountRange(most, "USD"), allowed, Reference("c")))


def issued(mandate: OpenPayment | None = None, **changed: Any) -> str:
    given: dict[str, Any] = {"by": USER.identity, "to": AGENT.did, "now": AT, "expires": HOUR, **changed}
    return issue(limits() if mandate is None else mandate, **given)


def handed_on(chain: str, mandate: OpenPayment | None = None, **changed: Any) -> str:
    given: dict[str, Any] = {
        "by": AGENT.identity,
        "to": SUB.did,
        "audience": "sub",
        "nonce": "q",
        "now": AT,
        "expires": HOUR,
    }
    return delegate(chain, limits() if mandate is None else mandate, **{**given, **changed})


def closed(chain: str, mandate: Any = PAYMENT, **changed: Any) -> str:
    given: dict[str, Any] = {"by": AGENT.identity, "audience": AUDIENCE, "nonce": NONCE, "now": AT}
    return close(chain, mandate, **{**given, **changed})


def held(chain: str, **changed: Any) -> Any:
    return verify_held(chain, **{"anchors": [USER.did], "now": AT, **changed})


def refused(code: str, call: Any) -> None:
    with pytest.raises(AttornError) as caught:
        call()
    assert caught.value.code == code, caught.value


def test_what_a_holder_was_handed() -> None:
    found = held(issued(redelegations=2))
    (hop,) = found.hops
    assert (hop.content, hop.redelegations, hop.did) == (limits(), 2, USER.did)
    assert hop.holder == AgentKey.of(AGENT.did)
    assert (hop.times.issued, hop.times.ends, found.expires) == (NOW, NOW + 3600, NOW + 3600)
    assert found.closed is None
    assert not found.human_present
    refused("bad_mandate", lambda: held(closed(issued())))
    refused("outside_validity", lambda: held(issued(), now=HOUR + timedelta(seconds=301)))
    refused("untrusted_root", lambda: held(issued(), anchors=[]))


@pytest.mark.parametrize("hops", [1, 2, 5, 30])
def test_a_chain_of_any_length_up_to_the_bound(hops: int) -> None:
    chain = issued(redelegations=hops)
    parties = [AGENT, SUB]
    for number in range(hops):
        by, to = parties[number % 2], parties[1 - number % 2]
        chain = handed_on(chain, limits(5000 - number), by=by.identity, to=to.did, redelegations=hops - number - 1)
    found = check(closed(chain, by=parties[hops % 2].identity))
    assert [hop.redelegations for hop in found.hops] == [*range(hops, -1, -1), 0]
    assert len({hop.id for hop in found.hops}) == hops + 2
    assert [hop.position for hop in found.opens] == list(range(1, hops + 2))
    refused("bad_mandate", lambda: held(chain[: chain.rindex("~~")] + "~~" + chain.split("~~")[0] + "~"))


def test_no_chain_is_longer_than_anybody_reads() -> None:
    chain = issued(redelegations=31)
    for number in range(31):
        by, to = [(AGENT, SUB), (SUB, AGENT)][number % 2]
        chain = handed_on(chain, by=by.identity, to=to.did, redelegations=30 - number)
    assert len(held(chain).hops) == wire.MOST_HOPS
    refused("cannot_delegate", lambda: closed(chain, by=SUB.identity))


@pytest.mark.parametrize(
    "call",
    [
        lambda: handed_on(issued()),
        lambda: handed_on(issued(redelegations=1), redelegations=1),
        lambda: handed_on(handed_on(issued(redelegations=1)), by=SUB.identity),
        lambda: handed_on(issued(redelegations=1), limits(5001)),
        lambda: handed_on(issued(redelegations=1), limits(5000, "m-9")),
        lambda: handed_on(issued(redelegations=1), OpenPayment((Reference("c"),))),
        lambda: handed_on(issued(redelegations=1), expires=HOUR + timedelta(seconds=1)),
        lambda: handed_on(issued(redelegations=1), by=MALLORY.identity),
        lambda: handed_on(closed(issued(redelegations=1))),
        lambda: handed_on(redact(issued(redelegations=1), [("constraints", 1, "allowed", 0)])),
        lambda: closed(issued(), by=MALLORY.identity),
        lambda: closed(issued(), by=USER.identity),
        lambda: closed(issued(), by=Identity.generate()),
        lambda: closed(closed(issued())),
        lambda: closed(issued(), ClosedCheckout(unverified_hash="h", unverified_jwt="a.b.c")),
        lambda: closed(issued(), expires=HOUR + timedelta(seconds=1)),
    ],
    ids=[
        "not allowed", "more than is left", "a second time", "more money", "another payee", "no limits", "longer",
        "not the holder", "closed", "what was kept back", "closed by a stranger", "closed by the user",
        "closed with another kind of key", "closed twice", "a checkout", "closed for longer",
    ],
)  # fmt: skip
def test_what_a_holder_may_not_do(call: Any) -> None:
    """Attacks 113 and 116, refused to whoever tries it already."""
    refused("cannot_delegate", call)


def test_a_mandate_that_does_not_say_is_handed_on_as_the_verifiers_have_it() -> None:
    before = root(opened())
    narrow = OpenPayment(
        (AmountRange(5, "USD"), AllowedPayees((Merchant("m-1", "Shop", "https://shop.example"),)), Reference("c-hash"))
    )
    refused("cannot_delegate", lambda: handed_on(before, narrow))
    chain = handed_on(before, narrow, unsaid=1)
    assert check(closed(chain, by=SUB.identity), redelegations=1)
    refused("broken_chain", lambda: check(closed(chain, by=SUB.identity)))


@pytest.mark.parametrize(
    "mandate",
    [
        OpenPayment((AmountRange(5, "ZZZ"), Reference("c"))),
        OpenPayment((Budget(5, "XXX"), Reference("c"))),
        OpenPayment((Reference("c"),), Presets(amount=Money(1, "ZZZ"))),
        OpenPayment((Reference("c"),), Presets(risk_data=b"[1]")),
        replace(PAYMENT, amount=Money(1, "BGN")),
        replace(PAYMENT, transaction_id="t" * 3000),
        replace(PAYMENT, risk_data=b"[1]"),
        replace(PAYMENT, risk_data=b"{"),
    ],
)
def test_what_verifiers_refuse_is_not_signed(mandate: Any) -> None:
    if isinstance(mandate, OpenPayment):
        refused("invalid_input", lambda: issued(mandate))
        refused("invalid_input", lambda: handed_on(issued(redelegations=1), mandate))
        return
    refused("invalid_input", lambda: closed(issued(), mandate))
    refused("invalid_input", lambda: issue_closed(mandate, by=USER.identity, audience="a", nonce="n", now=AT))


def test_no_chain_has_more_disclosures_than_anybody_reads() -> None:
    def payees(most: int) -> AllowedPayees:
        return AllowedPayees(tuple(Merchant(f"m-{each}", "M") for each in range(most)))

    wide = OpenPayment((payees(128), payees(128), Reference("c")))
    chain = issued(wide, redelegations=1)
    assert len(held(chain).hops[0].disclosures) == 257
    assert check(closed(chain, replace(PAYMENT, payee=Merchant("m-1", "M"))))
    refused("invalid_input", lambda: handed_on(chain, wide))
    widest = OpenPayment((payees(255), *wide.constraints))
    most = issued(widest)
    assert len(held(most).hops[0].disclosures) == 512
    refused("invalid_input", lambda: closed(most))
    less = redact(most, [("constraints", 0, "allowed", 0)])
    assert check(closed(less))


@pytest.mark.parametrize(
    "call",
    [
        lambda: issued(PAYMENT),  # type: ignore[arg-type]
        lambda: issued(to="did:web:agent.example"),
        lambda: issued(to=Identity.generate().did),
        lambda: issued(to=Identity.generate().signer.public_key),
        lambda: issued(to=None),
        lambda: issued(expires=AT),
        lambda: issued(redelegations=-1),
        lambda: issued(redelegations=32),
        lambda: issued(redelegations=True),
        lambda: issued(status="https://user.example/status#7"),
        lambda: issued(claim="payload"),
        lambda: issued(by=USER.identity.signer),
        lambda: issued(now=AT.replace(tzinfo=None)),
        lambda: issue_closed(limits(), by=USER.identity, audience="a", nonce="n", now=AT),  # type: ignore[arg-type]
        lambda: issue_closed(PAYMENT, by=USER.identity, audience="", nonce="n", now=AT),
        lambda: issue_closed(PAYMENT, by=USER.identity, audience="a", nonce="", now=AT),
        lambda: issue_closed(PAYMENT, by=USER.identity, audience="a", nonce="n", now=AT, expires=AT),
        lambda: closed(issued(), limits()),
        lambda: closed(issued(), audience=""),
        lambda: closed(issued(), nonce="n" * 2049),
        lambda: closed(issued(), binding="sd_hash"),
        lambda: closed(issued(), by=None),
        lambda: closed(issued(), expires=AT),
        lambda: closed(None),  # type: ignore[arg-type]
        lambda: handed_on(issued(redelegations=1), PAYMENT),  # type: ignore[arg-type]
        lambda: handed_on(issued(redelegations=1), audience=""),
        *(lambda unsaid=unsaid: handed_on(issued(), unsaid=unsaid) for unsaid in ("1", 1.5, True, -1, 32, None, [1])),
        *(
            lambda call=call, claim=claim: call(issued(redelegations=1), claim=claim)
            for call in (handed_on, closed)
            for claim in ("x", 5, None, [["delegate_payload"]])
        ),
        lambda: redact(issued(), [("constraints", 1, "allowed", 3)]),
        lambda: redact(issued(), [("constraints", 0)]),
        lambda: redact(issued(), [("cnf",)]),
        lambda: redact(issued(), ["vct"]),
        lambda: redact(issued(), [("constraints", 1, "allowed", None)]),
        lambda: redact(issued(), [], position=0),
        lambda: redact(issued(), [], position=2),
        lambda: redact(issued(), [], position=True),
        lambda: redact(closed(issued()), [("constraints", 1, "allowed", 0)], position=1),
    ],
)
def test_arguments_of_no_use(call: Any) -> None:
    refused("invalid_input", call)


def test_entries_are_kept_back_one_by_one() -> None:
    whole = issued(redelegations=1)
    less = redact(whole, [("constraints", 1, "allowed", 1)])
    (hop,) = held(less).hops
    assert hop.content == limits(5000, "m-1", "m-3")
    assert hop.id == held(whole).hops[0].id
    assert hop.sd_hash != held(whole).hops[0].sd_hash
    least = redact(less, [("constraints", 1, "allowed", 0)])
    assert held(least).hops[0].content == limits(5000, "m-3")
    refused("invalid_input", lambda: redact(least, [("constraints", 1, "allowed", 0)]))
    refused("broken_chain", lambda: check(closed(whole).replace(whole[:-1], less[:-1])))
    assert check(closed(less)).hops[0].content == limits(5000, "m-1", "m-3")
    later = redact(closed(whole, binding=Binding.JWT_HASH), [("constraints", 1, "allowed", 0)], position=1)
    assert check(later).hops[0].content == limits(5000, "m-2", "m-3")


def test_a_checkout_is_kept_back_whole() -> None:
    mandate = ClosedCheckout(unverified_hash="h", unverified_jwt="a.b.c")
    text = issue_closed(mandate, by=USER.identity, audience=AUDIENCE, nonce=NONCE, now=AT)
    assert check(text).closed == mandate
    assert check(redact(text, ["checkout_jwt"])).closed == ClosedCheckout(unverified_hash="h", unverified_jwt=None)
    refused("invalid_input", lambda: redact(text, ["checkout_hash"]))


def test_a_credential_begins_a_chain_that_its_holder_goes_on_with() -> None:
    credential = sdjwt.issue(
        {"vct": "com.emvco.dpc", "card": "4111"},
        by=USER.identity,
        typ="dc+sd-jwt",
        holder=AGENT.identity.signer.public_key,
        disclosable=["card"],
    )
    assert check(closed(credential), credentials=["com.emvco.dpc"]).human_present
    chain = delegate(
        credential, limits(), by=AGENT.identity, to=SUB.did, audience="sub", nonce="q", now=AT, expires=HOUR
    )
    found = check(closed(chain, by=SUB.identity), credentials=["com.emvco.dpc"])
    assert [hop.content is None for hop in found.hops] == [True, False, False]
    refused("invalid_input", lambda: redact(credential, ["card"]))


# whom a root may be signed by


P384, K256 = party(77, ec.SECP384R1(), "P-384"), party(78, ec.SECP256K1(), "secp256k1")


@pytest.mark.parametrize("by", [USER, P384, K256], ids=["ES256", "ES384", "ES256K"])
def test_a_root_by_any_key_of_an_anchor(by: Party) -> None:
    text = follow(root(by=by))
    assert check(text, anchors=[by.jwk]).hops[0].signer == EcKey.read(by.jwk, curves=list(Curve))
    assert check(text, anchors=[MALLORY.jwk, by.jwk])
    refused("untrusted_root" if by is not USER else "bad_signature", lambda: check(text, anchors=[MALLORY.jwk]))
    signature = text.split("~")[0].rpartition(".")[2]
    octets = unb64(signature)
    for bad in (octets[:-1], octets[:48], bytes(len(octets)), octets[1:] + octets[:1], b""):
        other = text.replace("." + signature, "." + b64(bad))
        refused("bad_signature", lambda other=other: check(other, anchors=[by.jwk]))


@pytest.mark.parametrize("alg", ["EdDSA", "P-256"])
def test_a_root_by_a_did(alg: str) -> None:
    user = Identity.generate(algorithm="Ed25519" if alg == "EdDSA" else alg)
    text = closed(issued(by=user))
    assert check(text, anchors=[user.did]).hops[0].did == user.did
    assert check(text, anchors=[user.signer.public_key]).hops[0].signer
    refused("untrusted_root", lambda: check(text, anchors=[Identity.generate().did]))
    refused("untrusted_root", lambda: check(text, anchors=[{**USER.jwk, "kid": "another"}]))
    refused("untrusted_root", lambda: check(text, anchors=[]))


@pytest.mark.parametrize("method", ["key", "jwk"])
def test_a_holder_by_a_did(method: str) -> None:
    agent = Identity.generate(algorithm="P-256", method=method)
    found = check(closed(issued(to=agent.did), by=agent), anchors=[USER.did])
    assert found.hops[1].did == agent.did
    assert found.hops[1].signer == EcKey.of(agent.signer.public_key)


def test_a_status_is_of_its_hop() -> None:
    reference = TokenReference("https://user.example/status", 7)
    text = issued(status=reference)
    assert json.loads(unb64(text.split(".")[1]))["status"] == {"status_list": {"idx": 7, "uri": reference.uri}}
    seen: list[Any] = []
    assert check(closed(text), status=lambda hop, now: seen.append((hop.status, now)))
    assert seen == [(reference, NOW)]
    refused("stale_status", lambda: check(closed(text)))
    refused("unavailable", lambda: check(closed(text), status=lambda hop, now: 1 / 0))


@pytest.mark.parametrize("other", [{"bits": 2}, {"uri2": "https://other.example"}, {"exp": NOW}])
def test_a_status_says_nothing_else(other: dict[str, Any]) -> None:
    entry = {"idx": 7, "uri": "https://user.example/status"}
    good = follow(root(opened(status={"status_list": entry})))
    assert check(good, status=lambda hop, now: None)
    bad = follow(root(opened(status={"status_list": {**entry, **other}})))
    refused("bad_mandate", lambda: check(bad, status=lambda hop, now: None))


@pytest.mark.parametrize("typ", ["kb+sd-jwt", "KB+SD-JWT", "application/kb+sd-jwt", "Application/KB-SD-JWT+KB"])
def test_a_tail_is_no_chain_however_its_type_is_spelt(typ: str) -> None:
    assert check(follow(root(typ="mandate+sd-jwt")))
    refused("bad_mandate", lambda: check(follow(root(typ=typ))))


def test_as_of_another_time() -> None:
    text = closed(issued())
    assert check(text, now=AT + timedelta(minutes=30))
    refused("outside_validity", lambda: check(text, now=AT - timedelta(seconds=301)))
    refused("outside_validity", lambda: check(text, now=AT + timedelta(days=1)))
    assert check(text, now=AT + timedelta(minutes=50), age=timedelta(minutes=45))
    refused("outside_validity", lambda: check(text, now=AT + timedelta(minutes=51), age=timedelta(minutes=45)))
    refused(
        "outside_validity",
        lambda: check(text, now=AT + timedelta(seconds=3601), skew=timedelta(0), age=timedelta(days=1)),
    )


# attack 116: a hop that was revoked


def revoking(values: bytes, *, by: Any = USER, **changed: Any) -> Any:
    claims = {"iss": by.did, "iat": NOW, "sub": LIST, "status_list": {"bits": 2, "lst": lst(values)}, **changed}
    (found,) = status.verify(signed_token(claims, by=by.identity), LocalResolver())
    return found


LIST = "https://user.example/status"
ENTRY = TokenReference(LIST, 1)


@pytest.mark.parametrize(
    ("value", "code"),
    [(0, None), (1, "revoked"), (2, "suspended"), (3, "bad_status")],
    ids=["valid", "revoked", "suspended", "unknown"],
)
def test_a_revoked_hop_takes_everything_below_it_with_it(value: int, code: str | None) -> None:
    lists = [revoking(bytes([value << 2]))]
    judged = by_lists(lambda: lists, staleness=timedelta(minutes=5))
    text = closed(handed_on(issued(status=ENTRY, redelegations=1)), by=SUB.identity)
    if code is None:
        assert check(text, anchors=[USER.did], status=judged)
    else:
        refused(code, lambda: check(text, anchors=[USER.did], status=judged))


def test_a_list_counts_if_it_is_current_and_by_the_signer() -> None:
    judged = by_lists(lambda: [revoking(b"\0")], staleness=timedelta(minutes=5))
    text = closed(issued(status=ENTRY))
    assert check(text, anchors=[USER.did], status=judged)
    assert check(closed(issued()), anchors=[USER.did], status=judged)
    refused("stale_status", lambda: check(text, status=judged))
    named = by_lists(lambda: [revoking(b"\0")], staleness=timedelta(minutes=5), issuers={LIST: USER.did})
    assert check(text, status=named)
    others = by_lists(lambda: [revoking(b"\0", by=MALLORY)], staleness=timedelta(minutes=5))
    none = by_lists(list, staleness=timedelta(minutes=5))
    for each in (others, none):
        refused("stale_status", lambda each=each: check(text, anchors=[USER.did], status=each))
    later = AT + timedelta(minutes=6)
    refused("stale_status", lambda: check(text, anchors=[USER.did], status=judged, now=later))
    beyond = closed(issued(status=TokenReference(LIST, 99)))
    refused("bad_status", lambda: check(beyond, anchors=[USER.did], status=judged))
    broken = by_lists(lambda: 1 / 0, staleness=timedelta(minutes=5))  # type: ignore[arg-type,return-value]
    refused("unavailable", lambda: check(text, anchors=[USER.did], status=broken))


@pytest.mark.parametrize(
    "changed", [{"lists": []}, {"staleness": 300}, {"issuers": [LIST]}, {"staleness": timedelta(-1)}]
)
def test_lists_of_no_use(changed: dict[str, Any]) -> None:
    given: dict[str, Any] = {"lists": list, "staleness": timedelta(minutes=5), **changed}
    refused("invalid_input", lambda: by_lists(given.pop("lists"), **given))


def test_an_agent_revokes_what_it_handed_on() -> None:
    lists = [revoking(b"\x04", by=AGENT)]
    judged = by_lists(lambda: lists, staleness=timedelta(minutes=5))
    chain = issued(redelegations=1)
    mine = closed(handed_on(chain, status=ENTRY), by=SUB.identity)
    refused("revoked", lambda: check(mine, anchors=[USER.did], status=judged))
    assert check(closed(chain), anchors=[USER.did], status=judged)


def split_by_joints(text: str) -> list[tuple[str, ...]] | None:
    """What the wire says of itself: parts joined by `~~`, each of which is pieces joined by `~`; None if none."""
    if not text.endswith("~"):
        return None
    parts = [tuple(part.split("~")) for part in text[:-1].split("~~")]
    return parts if all(part[0].count(".") == 2 and all(part) for part in parts) else None


def test_every_short_chain_is_split_where_it_is_joined() -> None:
    taken = 0
    for length in range(11):
        for characters in itertools.product("~.a" if length < 9 else "~.", repeat=length):
            text = "".join(characters)
            try:
                found = [(part.jwt, *part.disclosures) for part in wire.split(text)]
            except MalformedError:
                found = None
            assert found == split_by_joints(text)
            taken += found is not None
    assert taken > 100
