"""WITs: nothing without a proof by the key that they name, over this WIT and this chain, for this audience, once."""

from __future__ import annotations

from typing import Any

import pytest
from tests.adapters import outside
from tests.adapters.workload.workload_scene import (
    AUDIENCE,
    OWN,
    SIGNER,
    WORKLOAD,
    claims,
    found,
    hashed,
    proven,
    svid,
    verifier,
    wit,
    wpt,
)
from tests.unit.scene import MALLORY, NOW, PLANNER, given, shown

from attorn import workload
from attorn.errors import (
    AudienceError,
    ExpiredError,
    InputError,
    MalformedError,
    PossessionError,
    ReplayError,
    SignatureError,
    UnavailableError,
    UntrustedRootError,
)
from attorn.store import MemoryStore

pytestmark = pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
STRANGER = outside.derived(9)
CHAIN = shown(given(), PLANNER)
OTHER_CHAIN = shown(given(), PLANNER)


@pytest.mark.parametrize("own", [OWN, outside.P256], ids=["EdDSA", "ES256"])
def test_a_wit_with_its_proof(own: Any) -> None:
    text = wit(own=own)
    told = proven(text, wpt(text, own=own))
    assert (str(told.id), told.evidence.form, told.expires) == (WORKLOAD, "wit-svid", NOW + 60)
    assert told.evidence.digest == f"sha-256:{hashed(text)}"


@pytest.mark.parametrize("write", [outside.with_pyjwt, outside.with_joserfc])
def test_both_by_either_library(write: Any) -> None:
    confirmed = {"jwk": outside.jwk(outside.RSA, alg="PS256")}
    said = {"sub": WORKLOAD, "exp": NOW + 60, "cnf": confirmed}
    text = write(said, alg="ES384", kid="w", typ="wit+jwt")
    proof = write({"aud": AUDIENCE, "exp": NOW + 60, "jti": "1", "wth": hashed(text)}, alg="PS256", typ="wpt+jwt")
    assert str(proven(text, proof).id) == WORKLOAD


@pytest.mark.parametrize("proof", ["", None, "..", "a.b.c", wit(), svid()])
def test_no_wit_without_a_proof(proof: Any) -> None:
    """Attack 85, attack 86."""
    with pytest.raises(MalformedError):
        proven(wit(), proof)


def test_a_wit_is_no_jwt_svid_nor_the_other_way_round() -> None:
    """Attack 22."""
    with pytest.raises(MalformedError):
        found(wit(aud=[AUDIENCE]))
    with pytest.raises(MalformedError):
        proven(svid(), wpt(svid()))
    as_svid = outside.by_hand({"alg": "ES256", "kid": "j", "typ": "JWT"}, claims(cnf={}), key=SIGNER, alg="ES256")
    with pytest.raises(MalformedError):
        proven(as_svid, wpt(as_svid))


@pytest.mark.parametrize("typ", [*(typ for typ in outside.TYPS if typ != "wit+jwt"), "JWT", "JOSE", "", None, ...])
def test_no_other_type_of_wit(typ: Any) -> None:
    with pytest.raises(MalformedError):
        proven(wit({"typ": typ}), wpt(wit({"typ": typ})))


@pytest.mark.parametrize("typ", [*(typ for typ in outside.TYPS if typ != "wpt+jwt"), "JWT", "JOSE", "", None, ...])
def test_no_other_type_of_proof(typ: Any) -> None:
    with pytest.raises(MalformedError):
        proven(wit(), wpt(wit(), {"typ": typ}))


def test_a_proof_over_another_wit() -> None:
    text, other = wit(), wit(jti="w2")
    for proof in (wpt(other), wpt(text, wth=hashed(text)[:-1]), wpt(text, wth=f"sha-256:{hashed(text)}")):
        with pytest.raises(PossessionError):
            proven(text, proof)
    for value in (..., None, 5, ""):
        with pytest.raises(MalformedError):
            proven(text, wpt(text, wth=value))


def test_a_proof_by_another_key() -> None:
    text = wit(own=outside.P256)
    with pytest.raises(PossessionError):
        proven(text, wpt(text, own=STRANGER))
    # A WIT is signed for the key in it: to swap that key breaks the signature.
    header, body, _ = wit(own=STRANGER).split(".")
    swapped = f"{header}.{body}.{text.rsplit('.', 1)[1]}"
    with pytest.raises(SignatureError):
        proven(swapped, wpt(swapped, own=STRANGER))


@pytest.mark.parametrize("alg", ["none", "HS256", "ES256", "ES384", "RS256", "Ed25519", "", None])
def test_a_proof_by_another_algorithm(alg: Any) -> None:
    """Attack 17: the WIT says which one it is."""
    with pytest.raises(MalformedError):
        proven(wit(), wpt(wit(), {"alg": alg}))


@pytest.mark.parametrize(
    "confirmation",
    [
        ...,
        None,
        {},
        {"jkt": "x"},
        {"jwk": None},
        {"jwk": {}},
        {"jwk": outside.jwk(OWN)},
        {"jwk": outside.jwk(OWN, alg="ES256")},
        {"jwk": outside.jwk(OWN, alg="HS256")},
        {"jwk": outside.jwk(OWN, alg="none")},
        {"jwk": outside.jwk(OWN, alg="EdDSA"), "kid": "x"},
        {"jwk": {**outside.jwk(OWN, alg="EdDSA"), "d": "AAAA"}},
        {"jwk": {"kty": "oct", "k": "AAAA", "alg": "HS256"}},
        {"jwk": outside.jwk(outside.RSA)},
        {"jwk": outside.jwk(outside.K1, alg="ES256K")},
    ],
)
def test_a_wit_names_a_public_key_and_its_algorithm(confirmation: Any) -> None:
    text = wit(cnf=confirmation)
    with pytest.raises(MalformedError):
        proven(text, wpt(text))


@pytest.mark.parametrize("header", [{"kid": ...}, {"kid": None}, {"alg": "none"}, {"alg": "HS256"}, {"jwk": {}}])
def test_the_header_of_a_wit(header: dict[str, Any]) -> None:
    with pytest.raises(MalformedError):
        proven(wit(header), wpt(wit(header)))


@pytest.mark.parametrize("kid", ["j", "r", "x", "other"])
def test_a_wit_by_a_key_for_something_else(kid: str) -> None:
    with pytest.raises(SignatureError):
        proven(wit({"kid": kid}), wpt(wit({"kid": kid})))


def test_a_wit_of_another_trust_domain() -> None:
    text = wit(sub="spiffe://other.example/a")
    with pytest.raises(UntrustedRootError):
        proven(text, wpt(text))
    for sub in ("spiffe://prod.example/a/../b", "wimse://prod.example/a", ...):
        with pytest.raises(MalformedError):
            proven(wit(sub=sub), wpt(wit(sub=sub)))


def test_a_wit_with_an_audience() -> None:
    text = wit(aud=AUDIENCE)
    with pytest.raises(MalformedError):
        proven(text, wpt(text))


@pytest.mark.parametrize("exp", [NOW, NOW - 1, NOW + 86_401])
def test_a_wit_out_of_time(exp: int) -> None:
    text = wit(exp=exp)
    with pytest.raises(ExpiredError):
        proven(text, wpt(text))


@pytest.mark.parametrize("exp", [NOW, NOW - 1, NOW + 301])
def test_a_proof_out_of_time(exp: int) -> None:
    """Attack 81."""
    with pytest.raises(ExpiredError):
        proven(wit(), wpt(wit(), exp=exp))


@pytest.mark.parametrize(
    "changed", [{"exp": ...}, {"jti": ...}, {"jti": ""}, {"jti": 5}, {"aud": []}, {"aud": [AUDIENCE, 5]}]
)
def test_what_a_proof_must_say(changed: dict[str, Any]) -> None:
    with pytest.raises(MalformedError):
        proven(wit(), wpt(wit(), **changed))


@pytest.mark.parametrize(
    "aud", [workload.endorsement_audience(issuer=PLANNER.did, agent=MALLORY.did), "x", [AUDIENCE, "x"], ...]
)
def test_a_proof_for_another_audience(aud: Any) -> None:
    """Attack 83."""
    with pytest.raises(AudienceError):
        proven(wit(), wpt(wit(), aud=aud))


def test_a_proof_is_used_once() -> None:
    """Attack 80."""
    by, text = verifier(), wit()
    assert by.wit(text, proof=wpt(text), audience=AUDIENCE)
    for proof in (wpt(text), wpt(text, exp=NOW + 90)):
        with pytest.raises(ReplayError):
            by.wit(text, proof=proof, audience=AUDIENCE)
    assert by.wit(text, proof=wpt(text, jti="p2"), audience=AUDIENCE)
    # Ids are one WIT's own.
    other = wit(jti="w2")
    assert by.wit(other, proof=wpt(other), audience=AUDIENCE)


@pytest.mark.parametrize("answer", [None, False, 1, "new", [0]])
def test_only_true_says_that_a_proof_is_new(answer: Any) -> None:
    """Attack 80."""

    class Vague(MemoryStore):
        def remember(self, presentation: bytes, *, expires: int, now: int) -> Any:
            return answer

    with pytest.raises(ReplayError):
        verifier(store=Vague()).wit(wit(), proof=wpt(wit()), audience=AUDIENCE)


def test_a_store_that_fails_decides_nothing() -> None:
    """Attack 82."""

    class Broken(MemoryStore):
        def remember(self, presentation: bytes, *, expires: int, now: int) -> bool:
            raise OSError("gone")

    with pytest.raises(UnavailableError):
        verifier(store=Broken()).wit(wit(), proof=wpt(wit()), audience=AUDIENCE)


BOTH = {"ath": hashed(CHAIN), "oth": {"attorn": hashed(CHAIN)}}


@pytest.mark.parametrize("over", [{"ath": BOTH["ath"]}, {"oth": BOTH["oth"]}, BOTH])
def test_a_proof_over_a_chain(over: dict[str, Any]) -> None:
    """Attack 84."""
    text = wit()
    assert proven(text, wpt(text, **over), chain=CHAIN)
    for chain in (OTHER_CHAIN, CHAIN + "A", ""):
        with pytest.raises(PossessionError):
            proven(text, wpt(text, **over), chain=chain)
    with pytest.raises(PossessionError):
        proven(text, wpt(text, **over))


@pytest.mark.parametrize(
    "over",
    [
        {},
        {"ath": hashed(OTHER_CHAIN)},
        {"ath": None},
        {"oth": {}},
        {"oth": {"other": hashed(CHAIN)}},
        {"oth": {"attorn": hashed(CHAIN), "other": "x"}},
        {"oth": hashed(CHAIN)},
        {"ath": None, "oth": None},
        {"oth": None},
        {"oth": {"attorn": None}},
        {**BOTH, "ath": None},
        {**BOTH, "oth": None},
        {"tth": hashed(CHAIN)},
        {"tth": None},
        {"tth": None, "ath": None},
        {"ath": hashed(CHAIN), "tth": "x"},
        {"ath": hashed(CHAIN), "tth": None},
        {**BOTH, "tth": None},
        {"ath": hashed(CHAIN), "oth": {"attorn": "x"}},
        {"ath": "x", "oth": {"attorn": hashed(CHAIN)}},
    ],
)
def test_what_is_bound_beside_the_chain_is_not_passed_over(over: dict[str, Any]) -> None:
    text = wit()
    with pytest.raises(PossessionError):
        proven(text, wpt(text, **over), chain=CHAIN)


@pytest.mark.parametrize("name", ["ath", "oth", "tth"])
@pytest.mark.parametrize("value", [None, "", hashed(CHAIN), {}])
def test_a_proof_over_a_token_that_nobody_handed_in(name: str, value: Any) -> None:
    text = wit()
    with pytest.raises(PossessionError):
        proven(text, wpt(text, **{name: value}))


@pytest.mark.parametrize("chain", [5, b"x", "ä"])
def test_a_chain_is_text(chain: Any) -> None:
    with pytest.raises(InputError):
        proven(wit(), wpt(wit(), ath="x"), chain=chain)
