"""An agent identity credential: what is issued is what is read, and nothing else is taken for one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.agent_scene import DAY, LAB, NOW, ORG, PLANNER, SCOUT, Clock, draw, issued, profile

from attorn import agent, credential, sdjwt
from attorn.agent import Reference, Securing, context
from attorn.did.document import DidDocument
from attorn.did.resolver import StaticResolver
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import AttornError, InputError, UnavailableError, VerificationError
from attorn.jose import jws
from attorn.sdjwt.concealing import conceal
from attorn.sdjwt.digest import HashAlgorithm
from attorn.status import BitstringEntry, ListKind, TokenReference

SPEC = Path(__file__).parents[2] / "docs" / "spec"
AT = datetime.fromtimestamp(NOW, UTC)
ISSUERS = [ORG.did]
TOKEN = TokenReference("https://lists.example/1", 7)
ENTRIES = [
    BitstringEntry("https://lists.example/r", 3),
    BitstringEntry("https://lists.example/s", 4, ListKind.SUSPENSION),
]
FORMS = [Securing.JOSE, Securing.DATA_INTEGRITY, Securing.SD_JWT]
forms = pytest.mark.parametrize("form", FORMS)


def verified(text: str, **changed: Any) -> agent.AgentIdentity:
    return agent.verify(text, **{"issuers": ISSUERS, "now": AT, **changed})


def refused(text: Any, *codes: str, **changed: Any) -> None:
    with pytest.raises(AttornError) as caught:
        verified(text, **changed)
    assert caught.value.code in (codes or ("bad_credential",)), caught.value


def document(**changed: Any) -> dict[str, Any]:
    whole = {
        "@context": [credential.Version.V2.value, context.URL],
        "type": ["VerifiableCredential", "AgentIdentityCredential"],
        "issuer": ORG.did,
        "validFrom": "2030-03-17T00:00:00Z",
        "validUntil": "2030-03-18T00:00:00Z",
        "credentialSubject": profile().subject(),
    }
    return {name: value for name, value in {**whole, **changed}.items() if value is not None}


def signed(by: Any = ORG, **changed: Any) -> str:
    """A JWS over whatever document, by its issuer's own key."""
    key = by.did.removeprefix("did:key:")
    return jws.sign(document(**changed), by=by.signer, typ="vc+jwt", kid=f"{by.did}#{key}", cty="vc")


@forms
def test_what_is_issued_is_what_is_read(form: Securing) -> None:
    text = issued(securing=form)
    found = verified(text)
    assert (found.issuer, found.profile, found.references) == (ORG.did, profile(), ())
    assert (found.valid_from, found.valid_until) == (AT, AT + DAY)
    assert agent.read(text) == agent.UnverifiedAgentIdentity(ORG.did, PLANNER.did)


def test_a_hand_made_credential_is_read_and_so_each_refusal_below_is_for_its_own_reason() -> None:
    assert verified(signed()).profile == profile()


@pytest.mark.parametrize(
    ("form", "status"), [(Securing.JOSE, [TOKEN]), (Securing.SD_JWT, [TOKEN]), *((form, ENTRIES) for form in FORMS)]
)
def test_it_says_where_its_status_stands(form: Securing, status: list[Any]) -> None:
    token = [Reference("token", TOKEN.uri, 7)]
    bits = [Reference("revocation", ENTRIES[0].uri, 3), Reference("suspension", ENTRIES[1].uri, 4)]
    assert list(verified(issued(securing=form, status=status)).references) == (token if status == [TOKEN] else bits)


CHANGED: list[dict[str, Any]] = [
    {"type": ["VerifiableCredential"]},
    {"type": ["VerifiableCredential", "Agent"]},
    {"@context": [credential.Version.V2.value]},
    {"@context": [context.URL, credential.Version.V2.value]},
    {"@context": [credential.Version.V2.value, "https://elsewhere.example/agent"]},
    {"credentialSubject": [profile().subject(), profile(SCOUT).subject()]},
    {"credentialSubject": {**profile().subject(), "clearance": "top"}},
    {"credentialSubject": {**profile().subject(), "type": "Person"}},
    {"credentialSubject": {name: value for name, value in profile().subject().items() if name != "id"}},
    {"credentialSubject": {}},
    {"validFrom": None},
    {"validUntil": None},
    {"validUntil": "2030-03-16T00:00:00Z"},
    {"validFrom": "2030-03-17"},
    {"issuer": {"id": LAB.did}},
    {"issuer": "https://org.example"},
    {"vc": {}},
    {"credentialStatus": {"type": "SomethingElse", "id": "https://lists.example/1"}},
    {"credentialStatus": {**ENTRIES[0].write(), "statusPurpose": "refresh"}},
    {"credentialStatus": {**ENTRIES[0].write(), "statusListIndex": 3}},
    {"status": {"status_list": {"idx": -1, "uri": "https://lists.example/1"}}},
    {"status": {}},
]


@pytest.mark.parametrize("changed", CHANGED, ids=lambda changed: "-".join(map(str, changed)))
def test_a_signed_document_that_is_no_such_credential_is_refused(changed: dict[str, Any]) -> None:
    refused(signed(**changed), "bad_credential", "malformed")


@forms
def test_an_issuer_that_is_not_asked_says_nothing(form: Securing) -> None:
    refused(issued(securing=form), issuers=[LAB.did])
    refused(issued(securing=form), issuers=[])


@forms
@pytest.mark.parametrize("seconds", [-61, 86_400 + 62])
def test_too_early_and_too_late(form: Securing, seconds: int) -> None:
    text, edge = issued(securing=form), 60 if seconds > 0 else -60
    verified(text, now=AT + timedelta(seconds=seconds + (-2 if seconds > 0 else 1)))
    refused(text, "outside_validity", now=AT + timedelta(seconds=seconds))
    refused(text, "outside_validity", now=AT + timedelta(seconds=seconds - edge), skew=0)


@forms
def test_every_part_of_the_text_is_signed(form: Securing) -> None:
    text = issued(securing=form)
    step = max(1, len(text) // 150)
    for place in range(0, len(text), step):
        other = "A" if text[place] != "A" else "B"
        try:
            found = verified(text[:place] + other + text[place + 1 :])
        except VerificationError:
            continue
        pytest.fail(f"accepted with character {place} changed: {found}")


@forms
def test_signed_by_somebody_else_in_the_issuers_name(form: Securing) -> None:
    """Attack 28."""
    mine, theirs = issued(securing=form), issued(securing=form, by=LAB)
    if form is Securing.DATA_INTEGRITY:
        forged = json.dumps({**json.loads(mine), "proof": json.loads(theirs)["proof"]})
    else:
        head, body, _ = mine.split("~")[0].split(".")
        forged = mine.replace(mine.split("~")[0], f"{head}.{body}.{theirs.split('~')[0].split('.')[2]}")
    refused(forged, "bad_credential", "bad_signature", "bad_proof")


@forms
def test_a_deactivated_issuer_says_nothing(form: Securing) -> None:
    """Attack 39."""

    class Gone:
        def resolve(self, did: str) -> DidDocument:
            return DidDocument(did, (), deactivated=True)

    refused(issued(securing=form), "unresolved_principal", "bad_proof", resolver=Gone())


@forms
def test_an_issuer_that_cannot_be_asked_decides_nothing(form: Securing) -> None:
    """Attack 40."""

    class Silent:
        def resolve(self, did: str) -> DidDocument:
            raise UnavailableError("no answer")

    refused(issued(securing=form), "unavailable", resolver=Silent())


@forms
def test_the_issuer_must_be_there_to_make_assertions(form: Securing) -> None:
    """Attack 30."""
    text = issued(securing=form)
    full = StaticResolver({}).resolve(ORG.did)
    methods = [
        type(each)(each.id, each.controller, each.key, frozenset(each.relationships) - {"assertionMethod"})
        for each in full.methods
    ]
    refused(
        text,
        "unresolved_principal",
        "bad_proof",
        resolver=StaticResolver({ORG.did: DidDocument(ORG.did, tuple(methods))}),
    )


@pytest.mark.parametrize(
    "text", ["", "x", "~", "{", "{}", "a.b.c", "a.b.c~", None, 1, b"", "x" * 16_385, "[]", "\ud800"]
)
def test_other_texts_are_none(text: Any) -> None:
    for refusing in (verified, agent.read):
        with pytest.raises(VerificationError):
            refusing(text)


@pytest.mark.parametrize("typ", ["vp+jwt", "JWT", "vc+sd-jwt", "statuslist+jwt"])
def test_another_type_of_jws_is_refused(typ: str) -> None:
    """Attack 22."""
    refused(jws.sign(document(), by=ORG.signer, typ=typ, kid=f"{ORG.did}#{ORG.did[8:]}"), "bad_credential", "malformed")


@pytest.mark.parametrize("member", ["crit", "jwk", "jku", "x5c"])
def test_headers_that_bring_a_key_are_refused(member: str) -> None:
    """Attacks 19 and 20."""
    head, body, signature = signed().split(".")
    members = {**json.loads(base64url_decode(head)), member: ["exp"]}
    refused(f"{base64url_encode(json.dumps(members).encode())}.{body}.{signature}")


def test_unsigned_documents_are_refused() -> None:
    """Attack 15."""
    refused(json.dumps(document()))
    head = base64url_encode(b'{"alg":"none","typ":"vc+jwt"}')
    refused(f"{head}.{base64url_encode(json.dumps(document()).encode())}.")


# SD-JWT: what the holder shows


SUBJECT = profile(capability=("a", "b")).subject()
SAID = sorted(set(SUBJECT) - {"id", "type", "kind"})
CHOSEN_FROM = issued(securing=Securing.SD_JWT, capability=("a", "b"))


@given(st.sets(st.sampled_from(SAID)))
def test_a_holder_shows_just_what_it_chose(names: set[str]) -> None:
    subject = verified(agent.disclose(CHOSEN_FROM, *names)).profile.subject()
    assert set(subject) == {"id", "type", "kind", *names}
    assert subject == {name: value for name, value in SUBJECT.items() if name in subject}


def test_what_is_kept_back_is_nowhere_in_the_text() -> None:
    shown = agent.disclose(issued(securing=Securing.SD_JWT), "model")
    whole = "".join(base64url_decode(part).decode("latin-1") for part in shown.replace("~", ".").split(".") if part)
    assert '"m-1"' in whole
    assert not any(f'"{value}"' in whole for value in ("Travel team", "Lab", "production"))


@pytest.mark.parametrize("name", ["clearance", "", "capability", "issuer"])
def test_nothing_is_shown_that_was_not_said(name: str) -> None:
    with pytest.raises(InputError):
        agent.disclose(issued(securing=Securing.SD_JWT), name)


@pytest.mark.parametrize("form", [Securing.JOSE, Securing.DATA_INTEGRITY])
def test_other_forms_show_all_or_nothing(form: Securing) -> None:
    with pytest.raises(InputError):
        agent.disclose(issued(securing=form), "model")


def test_disclosures_of_another_credential_are_refused() -> None:
    """Attacks 96 and 97."""
    mine, other = issued(securing=Securing.SD_JWT), issued(securing=Securing.SD_JWT, model="m-9")
    shown, strange = agent.disclose(mine), agent.disclose(other, "model")
    refused(shown + strange.split("~")[1] + "~")
    refused(agent.disclose(mine, "model").rstrip("~"), "bad_credential", "malformed")
    twice = agent.disclose(mine, "model")
    refused(twice + twice.split("~")[1] + "~", "bad_credential", "malformed")


def test_a_key_binding_is_out_of_place() -> None:
    """A presentation of a chain shows who holds it; a credential with `cnf` would ask for a second proof."""
    claims = document()
    kid = f"{ORG.did}#{ORG.did[8:]}"
    text = sdjwt.issue(claims, by=ORG, typ=sdjwt.W3C_VC, holder=PLANNER.signer.public_key, kid=kid)
    refused(text, "not_holder")


# Issuing


@pytest.mark.parametrize(
    "changed",
    [
        {"lifetime": timedelta(0)},
        {"lifetime": timedelta(days=367)},
        {"lifetime": 60},
        {"securing": "jose"},
        {"status": TOKEN},
        {"status": [TOKEN, TOKEN]},
        {"status": ["x"]},
        {"status": [TOKEN], "securing": Securing.DATA_INTEGRITY},
        {"status": [BitstringEntry("https://lists.example/m", 3, ListKind.REFRESH)]},
        {"status": [BitstringEntry("https://lists.example/m", 3, size=2, messages=("a", "b", "c", "d"))]},
        {"by": "did:web:a.example"},
        {"method": "did:web:a.example#k"},
    ],
    ids=str,
)
def test_unusable_arguments(changed: dict[str, Any]) -> None:
    arguments: dict[str, Any] = {"by": ORG, "lifetime": DAY, "clock": Clock()}
    with pytest.raises(InputError):
        agent.issue(profile(), **{**arguments, **changed})
    with pytest.raises(InputError):
        agent.issue("x", **arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize("issuers", ["did:web:a.example", ["x"], [None], None, 5])
def test_issuers_are_dids(issuers: Any) -> None:
    with pytest.raises(InputError):
        verified(issued(), issuers=issuers)


def test_the_context_on_the_page_is_the_one_in_use() -> None:
    assert json.loads((SPEC / "agent-v1.jsonld").read_text()) == context.document()


def test_the_schema_on_the_page_names_what_is_read() -> None:
    schema = json.loads((SPEC / "agent-v1.schema.json").read_text())
    subject = schema["properties"]["credentialSubject"]["properties"]
    assert set(subject) == {"id", "type", *agent.profile.NAMES}
    assert subject["kind"]["enum"] == list(agent.profile.KINDS)
    assert subject["stage"]["enum"] == list(agent.profile.STAGES)


def signed_sd(claims: dict[str, Any], hidden: Sequence[Any], *shown: int) -> str:
    """An SD-JWT by an issuer that hides what attorn would not, as its holder shows it."""
    found = conceal(claims, hidden, algorithm=HashAlgorithm.SHA_256, random=draw)
    key = ORG.did.removeprefix("did:key:")
    text = jws.sign(found.payload, by=ORG.signer, typ="vc+sd-jwt", kid=f"{ORG.did}#{key}")
    return "".join(f"{part}~" for part in (text, *(found.disclosures[number].text for number in shown)))


# attack 98, attack 107: a status that its holder keeps back is one that nobody looks up
@pytest.mark.parametrize(
    ("name", "value"),
    [("credentialStatus", [ENTRIES[0].write()]), ("status", TOKEN.write()), ("name", "Scout"), ("sub", SCOUT.did)],
)
def test_nothing_but_what_is_said_of_the_agent_may_be_kept_back(name: str, value: Any) -> None:
    verified(signed_sd(document(), [("credentialSubject", "model")]))
    refused(signed_sd({**document(), name: value}, [(name,)]))


@pytest.mark.parametrize(
    ("name", "value"), [("sub", SCOUT.did), ("jti", "urn:other"), ("iat", "1"), ("nbf", -1), ("vc", {}), ("proof", {})]
)
def test_claims_beside_it_say_nothing_else(name: str, value: Any) -> None:
    claims = {**document(), "id": "urn:this"}
    verified(signed_sd({**claims, "sub": PLANNER.did, "jti": "urn:this"}, []))
    refused(signed_sd({**claims, name: value}, []))


@pytest.mark.parametrize("odd", [None, 5, ORG.did, {ORG.did: 1}, [None], ["x"], iter([ORG.did])])
def test_issuers_are_a_list_of_dids(odd: Any) -> None:
    refused(issued(), "invalid_input", issuers=odd)


def test_a_status_that_nobody_looks_up_is_refused() -> None:
    both = {**TOKEN.write(), "identifier_list": {"id": "00", "uri": "https://lists.example/2"}}
    refused(signed(status=both))
    verified(signed(status=TOKEN.write()))
