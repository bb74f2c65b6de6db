"""What one hop may hold to the last character, level and second, and what stands between two of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.unit.mandate_scene import (
    AGENT,
    AT,
    AUDIENCE,
    MALLORY,
    NONCE,
    NOW,
    SUB,
    USER,
    b64,
    check,
    concealed,
    disclosure,
    follow,
    hashed,
    opened,
    paid,
    root,
    sd_jwt,
    unb64,
)

from attorn import Identity
from attorn.errors import AttornError
from attorn.mandate import wire
from attorn.mandate.envelope import Envelope
from attorn.mandate.hop import UnverifiedHop
from attorn.mandate.policy import Policy
from attorn.mandate.times import skew_of
from attorn.mandate.vct import Vct
from attorn.mandate.verifier import MandateVerifier
from attorn.mandate.verifying import verify_held
from attorn.sdjwt.compact import MOST_CHARACTERS, MOST_DISCLOSURES, Compact

ROOT = root()
ALLOWING = root(opened(attorn={"redelegations": 1}))
HANDED_ON = follow(ALLOWING, opened(SUB, exp=NOW + 600), aud="sub", nonce="q")
CREDENTIAL: dict[str, Any] = {"vct": "com.emvco.dpc", "cnf": AGENT.cnf, "exp": NOW + 9000, "delegate_payload": ...}


def refused(code: str, call: Any) -> str:
    with pytest.raises(AttornError) as caught:
        call()
    assert caught.value.code == code, caught.value
    return str(caught.value)


def held(text: str, **changed: Any) -> Any:
    return verify_held(text, **{"anchors": [USER.jwk], "now": AT, **changed})


# the JWT of a hop


def signed(header: bytes, claims: bytes, signature: bytes = b"s" * 64) -> str:
    return ".".join(map(b64, (header, claims, signature)))


def nested(levels: int) -> bytes:
    return b'{"alg":"ES256","more":' + b"[" * (levels - 1) + b"]" * (levels - 1) + b"}"


@pytest.mark.parametrize("other", [b"[]", b'["alg"]', b"1", b"null", b'"alg"', b"true"])
def test_header_and_claims_are_objects(other: bytes) -> None:
    assert Envelope.read(signed(b'{"alg":"ES256"}', b"{}")).claims == {}
    for text in (signed(other, b"{}"), signed(b'{"alg":"ES256"}', other)):
        refused("malformed", lambda text=text: Envelope.read(text))
        refused("malformed", lambda text=text: check(f"{text}~"))


def test_how_deep_header_and_claims_may_be() -> None:
    claims = nested(16)
    assert Envelope.read(signed(nested(4), claims)).alg == "ES256"
    refused("malformed", lambda: Envelope.read(signed(nested(5), claims)))
    refused("malformed", lambda: Envelope.read(signed(nested(4), nested(17))))


def test_how_long_a_header_and_a_signature_may_be() -> None:
    def header(size: int) -> bytes:
        return b'{"alg":"ES256"}'.ljust(size)

    longest, signature = header(12_288), b"s" * 96
    assert (len(b64(longest)), len(b64(signature))) == (16_384, 128)
    assert Envelope.read(signed(longest, b"{}", signature)).signature == signature
    refused("malformed", lambda: Envelope.read(signed(header(12_289), b"{}", signature)))
    refused("malformed", lambda: Envelope.read(signed(longest, b"{}", signature + b"s")))
    # Beyond that it is no signature of any key; up to there the key says so.
    message, _, _ = ROOT.partition("~")[0].rpartition(".")
    rest = ROOT.partition("~")[2]
    refused("bad_signature", lambda: check(follow(f"{message}.{b64(signature)}~{rest}")))
    refused("malformed", lambda: check(follow(f"{message}.{b64(signature + b's')}~{rest}")))


@pytest.mark.parametrize("alg", ["EdDSA", "Ed25519"])
def test_a_root_by_ed25519_under_either_name(alg: str) -> None:
    user = Identity.from_seed(b"\x51" * 32)
    text, _, disclosures = ROOT.partition("~")
    head, body, _ = text.split(".")
    message = f"{b64(json.dumps({**json.loads(unb64(head)), 'alg': alg}).encode())}.{body}"
    mine = f"{message}.{b64(user.signer.sign(message.encode()))}~{disclosures}"
    assert check(follow(mine), anchors=[user.did]).hops[0].did == user.did


# what a hop carries


@pytest.mark.parametrize(
    "payload", [{"vct": 1}, {"0": paid()}, "p", "", 5, None, True, [], [paid(), paid()], ["text"], [None]], ids=repr
)
def test_a_payload_is_a_list_of_one_object(payload: Any) -> None:
    text = sd_jwt(None, by=USER, typ="example+sd-jwt", disclosures=[], delegate_payload=payload, iat=NOW)
    refused("bad_mandate", lambda: check(text, unbound=True))


@pytest.mark.parametrize("content", ["text", None, 5, [], [paid()], True], ids=repr)
def test_what_is_disclosed_is_an_object(content: Any) -> None:
    text = sd_jwt(content, by=USER, typ="example+sd-jwt", iat=NOW)
    refused("bad_mandate", lambda: check(text, unbound=True))


def test_a_content_is_disclosed_and_stands_under_one_name() -> None:
    direct = sd_jwt(paid(iat=NOW), by=USER, typ="example+sd-jwt")
    assert check(direct, unbound=True)
    open_to_all = sd_jwt(None, by=USER, typ="example+sd-jwt", disclosures=[], delegate_payload=[paid(iat=NOW)])
    refused("bad_mandate", lambda: check(open_to_all, unbound=True))
    element, texts = concealed(paid(iat=NOW))
    other = sd_jwt(
        None, by=USER, typ="example+sd-jwt", disclosures=texts, delegate_payload=..., _delegate_payload=[element]
    )
    assert check(other, unbound=True, claim="_delegate_payload")
    refused("bad_mandate", lambda: check(other, unbound=True))
    refused("bad_mandate", lambda: check(direct, unbound=True, claim="_delegate_payload"))
    both = sd_jwt(paid(iat=NOW), by=USER, typ="example+sd-jwt", _delegate_payload=[])
    for claim in ("delegate_payload", "_delegate_payload"):
        refused("bad_mandate", lambda claim=claim: check(both, unbound=True, claim=claim))


def test_nothing_is_hidden_beside_the_content() -> None:
    text = disclosure("colour", "red")
    decoy = {"_sd": [hashed(text)]}
    assert check(follow(root(note={"colour": "red"})))
    for claims in ({"note": decoy}, decoy, {"note": [{"...": hashed(text)}]}):
        refused("bad_mandate", lambda claims=claims: check(follow(root(**claims))))
        refused("bad_mandate", lambda claims=claims: check(follow(ROOT, **claims)))
    shown = root(note=decoy)
    refused("bad_mandate", lambda: check(follow(f"{shown}{text}~")))
    refused("bad_mandate", lambda: check(follow(f"{root(**decoy)}{text}~")))


def test_the_type_that_is_asked_for_is_the_one_to_write() -> None:
    said = refused("bad_mandate", lambda: check(follow(ROOT, typ="x")))
    assert said.startswith("mandate: expected typ kb+sd-jwt, got")
    again = refused("bad_mandate", lambda: check(follow(follow(ALLOWING, opened(SUB), typ="x"), by=SUB)))
    assert again.startswith("mandate: expected typ kb+sd-jwt+kb, got")


@pytest.mark.parametrize("typ", ["kb+sd-jwt", "kb-sd-jwt"])
@pytest.mark.parametrize("before", ["kb+sd-jwt+kb", "kb-sd-jwt+kb"])
def test_either_spelling_of_a_type(typ: str, before: str) -> None:
    chain = follow(ALLOWING, opened(SUB), typ=before, aud="sub", nonce="q")
    assert len(check(follow(chain, by=SUB, typ=typ)).hops) == 3


@pytest.mark.parametrize("content", [None, 5, "mandate.payment.1", ["vct"]])
def test_a_content_is_a_mapping(content: Any) -> None:
    assert refused("invalid_input", lambda: Vct.PAYMENT.require(content)).startswith("mandate: expected a mapping")


# what stands where


def test_a_credential_stands_at_the_root_alone() -> None:
    """In the middle nothing in it would be held against the open mandate above."""
    taken = {"credentials": ["com.emvco.dpc"]}
    for typ in ("kb+sd-jwt", "kb+sd-jwt+kb", "dc+sd-jwt"):
        middle = sd_jwt(
            None, by=AGENT, typ=typ, disclosures=[], sd_hash=hashed(ROOT), iat=NOW, aud="sub", nonce="q",
            **{**CREDENTIAL, "cnf": SUB.cnf, "exp": NOW + 60},
        )  # fmt: skip
        chain = follow(f"{ROOT[:-1]}~~{middle}", paid(payment_amount={"amount": 9999, "currency": "USD"}), by=SUB)
        said = refused("bad_mandate", lambda chain=chain: check(chain, **taken))
        assert "in every hop but a credential at the root" in said


@pytest.mark.parametrize("name", ["vct", "cnf", "exp"])
def test_what_a_credential_says_openly(name: str) -> None:
    text = disclosure(name, CREDENTIAL[name])
    claims = {**CREDENTIAL, "_sd": [hashed(text)], name: ...}
    credential = sd_jwt(None, by=USER, typ="dc+sd-jwt", disclosures=[text], **claims)
    refused("bad_mandate", lambda: check(follow(credential), credentials=["com.emvco.dpc"]))


def test_a_credential_is_no_open_mandate() -> None:
    texts = (sd_jwt(None, by=USER, typ="dc+sd-jwt", disclosures=[], **CREDENTIAL), ROOT, root(paid()))
    assert [UnverifiedHop.read(Compact.split(text)).is_open for text in texts] == [False, True, False]


def test_what_a_credential_may_hide() -> None:
    text = disclosure("card", "4111")
    for shown in ([], [text]):
        credential = sd_jwt(None, by=USER, typ="dc+sd-jwt", disclosures=shown, _sd=[hashed(text)], **CREDENTIAL)
        assert check(follow(credential), credentials=["com.emvco.dpc"]).human_present


@pytest.mark.parametrize(
    "entry", [7, None, True, "uri", ["idx"], ["idx", "uri"], [], {}, {"idx": 1}, {"uri": "https://a"}]
)
def test_a_status_is_an_entry_of_a_list(entry: Any) -> None:
    for text in (root(opened(status={"status_list": entry})), root(status={"status_list": entry})):
        refused("bad_mandate", lambda text=text: check(follow(text), status=lambda hop, now: None))


def test_a_status_in_two_places_is_two() -> None:
    status = {"status_list": {"idx": 1, "uri": "https://a.example/1"}}
    twice = root(opened(status=status), status=status)
    refused("bad_mandate", lambda: check(follow(twice), status=lambda hop, now: None))


def test_nothing_stands_below_a_closed_mandate() -> None:
    said = follow(ROOT, paid(attorn={"redelegations": 3}))
    for chain in (follow(ROOT), said):
        assert [hop.redelegations for hop in check(chain, redelegations=2).hops] == [2, 0]


def test_what_does_not_say_is_not_handed_on_unless_somebody_says_so() -> None:
    chain = follow(ROOT, opened(SUB, exp=NOW + 600), aud="sub", nonce="q")
    assert len(held(chain, redelegations=1).hops) == 2
    refused("broken_chain", lambda: held(chain))
    policy = Policy.of(anchors=[])
    assert (policy.redelegations, policy.unbound) == (0, False)


def test_which_hop_was_signed_by_another() -> None:
    assert "hop 2 " in refused("bad_signature", lambda: check(follow(ROOT, by=MALLORY)))
    assert "hop 3 " in refused("bad_signature", lambda: check(follow(HANDED_ON, by=MALLORY)))
    assert "hop 2 " in refused(
        "bad_signature", lambda: check(follow(follow(ALLOWING, opened(SUB), by=MALLORY), by=SUB))
    )
    assert "hop 3 " in refused("broken_chain", lambda: check(follow(follow(ROOT))))
    by = MandateVerifier(audience=AUDIENCE, anchors=[USER.jwk], merchants=[])
    for known in (False, True):
        said = refused("bad_signature", lambda: by.verify(follow(HANDED_ON, by=MALLORY), nonce=NONCE, now=AT))
        assert "hop 3 " in said
        by.verify(follow(HANDED_ON, by=SUB), nonce=NONCE, now=AT)
        assert by.verify(follow(HANDED_ON, by=SUB), nonce=NONCE, now=AT).hops[2].position == 3, known


@pytest.mark.parametrize("name", ["audience", "nonce"])
@pytest.mark.parametrize("value", ["", None, 1, "x" * 2049])
def test_a_verifier_says_who_it_is_and_what_it_asked(name: str, value: Any) -> None:
    said = refused("invalid_input", lambda: check(follow(ROOT), **{name: value}))
    assert said.startswith(f"{name}: ")
    text = root(paid(iat=NOW))
    refused("invalid_input", lambda: check(text, unbound=True, **{name: value}))


# times


def seconds(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC)


@pytest.mark.parametrize(("jwt_says", "content_says"), [(100, 200), (200, 100), (200, ...), (..., 200), (200, 200)])
def test_of_two_starts_the_later_counts(jwt_says: Any, content_says: Any) -> None:
    at = [each if each is ... else NOW + each for each in (jwt_says, content_says)]
    text = follow(root(opened(nbf=at[1]), nbf=at[0]), iat=NOW + 200)
    nothing = timedelta(0)
    assert check(text, now=seconds(NOW + 200), skew=nothing).hops[0].times.starts == NOW + 200
    refused("outside_validity", lambda: check(text, now=seconds(NOW + 199), skew=nothing))


@pytest.mark.parametrize(("jwt_says", "content_says"), [(100, 200), (200, 100), (100, 100)])
def test_of_two_ends_the_earlier_counts(jwt_says: int, content_says: int) -> None:
    text = follow(root(opened(exp=NOW + content_says), exp=NOW + jwt_says))
    assert check(text, now=seconds(NOW + 100), skew=timedelta(0)).expires == NOW + 100
    refused("outside_validity", lambda: check(text, now=seconds(NOW + 101), skew=timedelta(0)))


@pytest.mark.parametrize(("jwt_says", "content_says"), [(-100, -200), (-200, -100), (-100, -100)])
def test_of_two_times_it_was_made_at_the_later_starts_it_and_the_earlier_ages_it(
    jwt_says: int, content_says: int
) -> None:
    text = follow(root(opened(iat=NOW - 3600)), paid(iat=NOW + content_says), iat=NOW + jwt_says)
    times = check(text).hops[1].times
    assert (times.issued, times.first) == (NOW + max(jwt_says, content_says), NOW + min(jwt_says, content_says))
    early, late = NOW + max(jwt_says, content_says), NOW + min(jwt_says, content_says) + 300
    asked: dict[str, Any] = {"skew": timedelta(0), "age": timedelta(seconds=300)}
    for at, good in ((early, True), (early - 1, False), (late, True), (late + 1, False)):
        if good:
            assert check(text, now=seconds(at), **asked)
        else:
            refused("outside_validity", lambda at=at: check(text, now=seconds(at), **asked))


@pytest.mark.parametrize(
    ("made", "code"), [(-360, None), (-361, "broken_chain"), (300, None), (301, "outside_validity")]
)
def test_made_before_the_one_before_and_after_now(made: int, code: str | None) -> None:
    """The open mandate was made a minute ago; clocks may be five apart."""
    text = follow(ROOT, iat=NOW + made)
    if code is None:
        assert check(text).hops[1].times.issued == NOW + made
    else:
        refused(code, lambda: check(text))


def test_a_chain_ends_with_the_first_of_its_hops() -> None:
    assert check(follow(follow(ALLOWING, opened(SUB, exp=NOW + 600)), by=SUB)).expires == NOW + 600
    assert check(follow(ROOT, paid(exp=NOW + 60))).expires == NOW + 60
    assert check(follow(ROOT, exp=NOW + 61)).expires == NOW + 61
    assert check(root(paid(iat=NOW)), unbound=True).expires is None


@pytest.mark.parametrize("skew", [-1, 3601, None])
def test_how_far_clocks_may_differ(skew: int | None) -> None:
    assert skew_of(timedelta(hours=1)) == 3600
    span: Any = None if skew is None else timedelta(seconds=skew)
    assert refused("invalid_input", lambda: skew_of(span)).startswith("skew: ")


# the text of a chain


def test_how_long_a_chain_may_be() -> None:
    assert MOST_CHARACTERS == 262_144
    longest = "a.b." + "c" * (MOST_CHARACTERS - 5) + "~"
    assert len(wire.split(longest)[0].jwt) == MOST_CHARACTERS - 1
    refused("limit_exceeded", lambda: wire.split("c" + longest))


def test_how_many_disclosures_a_chain_may_have() -> None:
    def chain(*counts: int) -> str:
        return "~~".join("a.b.c" + "~d" * count for count in counts) + "~"

    for counts in ((MOST_DISCLOSURES,), (MOST_DISCLOSURES - 1, 1), (200, 200, 112)):
        assert [len(part.disclosures) for part in wire.split(chain(*counts))] == [*counts]
        refused("limit_exceeded", lambda counts=counts: wire.split(chain(counts[0] + 1, *counts[1:])))
