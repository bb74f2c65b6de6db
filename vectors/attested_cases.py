"""Identity credentials that come with a presentation: what they must say, and which of them count."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import testkit as kit
from .case import Case
from .caveat_checks import any_of, said
from .jose import changed, header_of, jws
from .moments import stamp
from .presentation import Presentation
from .scene import Scene
from .testkit import Key, Part
from .world import World

SAYS = "docs/spec/agent.md section 1: "
ISSUED = "docs/spec/agent.md section 2: "
ASKED = "docs/spec/agent.md section 3: "
V2, AGENT = "https://www.w3.org/ns/credentials/v2", "https://w3id.org/attorn/agent/v1"
IDENTITY = ["VerifiableCredential", "AgentIdentityCredential"]
BAD = "bad_credential"
DIGEST = "sha-256:" + "A" * 43

Recipe = Callable[[World], Case]
Texts = Callable[[Scene], list[str]]


def org(s: Scene) -> Key:
    """Who issues."""
    return s.world.key("org")


def subject(s: Scene, **changes: Any) -> dict[str, Any]:
    """What is said of the planner; None takes a member away."""
    return changed({"id": s.planner.did, "type": "AgentIdentity", "kind": "agent"}, **changes)


def credential(s: Scene, about: Any = None, *, by: Key | None = None, signer: Key | None = None, **members: Any) -> str:
    """A credential as a JWS that says this, by the organisation; None takes a member away."""
    key = by or org(s)
    document = {
        "@context": [V2, AGENT],
        "type": IDENTITY,
        "issuer": key.did,
        "validFrom": stamp(s.now - 3600),
        "validUntil": stamp(s.now + 86_400),
        "credentialSubject": subject(s) if about is None else about,
    }
    return jws(key, header_of(key, "vc+jwt", cty="vc"), changed(document, **members), signer=signer)


def asks(s: Scene) -> Part:
    """Of the holder, by the organisation."""
    return any_of(said("attested", kit.text("holder"), kit.texts(org(s).did)))


def shown(texts: Texts) -> Callable[[Scene], str]:
    """Alice -> planner, who shows these credentials."""

    def wire(s: Scene) -> str:
        chain = s.extend([], s.alice, s.planner, [s.read, asks(s)])
        return s.wire(chain, s.planner, facts=[kit.fact("credential", kit.text(each)) for each in texts(s)])

    return wire


@dataclass(frozen=True)
class Verdict:
    """A verdict, the rule that decides, and the attack."""

    code: str
    step: int | None
    rule: str
    attack: int | None = 50


def case(name: str, notes: str, verdict: Verdict, texts: Texts, *known: Callable[[Scene], str]) -> Presentation:
    told = (lambda s: {"revocations": [each(s) for each in known]}) if known else None
    return Presentation(
        f"attested/{name}", notes, verdict.attack, shown(texts), verdict.code, verdict.step, told, verdict.rule
    )


def good(name: str, notes: str, rule: str, about: Callable[[Scene], Any]) -> Presentation:
    """A credential that says this, and counts."""
    return case(name, notes, Verdict("ok", None, rule, None), lambda s: [credential(s, about(s))])


def refused(name: str, notes: str, rule: str, about: Callable[[Scene], Any], attack: int = 50) -> Presentation:
    """A genuine credential that says this, which no profile says."""
    return case(name, notes, Verdict(BAD, 9, rule, attack), lambda s: [credential(s, about(s))])


def saying(**members: Any) -> Callable[[Scene], Any]:
    return lambda s: subject(s, **members)


MEMBERS, TEXTS = f"{SAYS}a member with its value", f"{SAYS}texts have 1 to 256 characters"
ONE, NO_OTHER = f"{SAYS}one subject", f"{SAYS}a member that is not listed here, and one that is null, is refused"
PROFILES: tuple[Recipe, ...] = (
    good("valid", "no more than must be said", MEMBERS, saying()),
    good(
        "valid-all",
        "every member",
        MEMBERS,
        lambda s: subject(
            s,
            owner=org(s).did,
            accountable="Travel team",
            purpose="find a free hour",
            provider="a",
            model="m-1",
            version="1",
            digest=DIGEST,
            capability=["search", "book"],
            stage="production",
            parent=s.scout.did,
        ),
    ),
    good("valid-longest", "a text of 256 characters", TEXTS, saying(model="m" * 256)),
    good(
        "valid-capabilities",
        "64 capabilities",
        f"{SAYS}a list of at most 64, each once",
        saying(capability=[f"c{n}" for n in range(64)]),
    ),
    refused("kind", "a kind that there is not", MEMBERS, saying(kind="robot")),
    refused("kind-absent", "no kind", MEMBERS, saying(kind=None)),
    refused("stage", "a stage that there is not", MEMBERS, saying(stage="beta")),
    refused("digest", "a digest that is none", MEMBERS, saying(digest="sha-256:abc")),
    refused("owner", "an owner that is no DID", MEMBERS, saying(owner="https://org.example")),
    refused("parent", "a parent that is no DID", MEMBERS, saying(parent="https://org.example")),
    refused(
        "capabilities",
        "65 capabilities",
        f"{SAYS}a list of at most 64, each once",
        saying(capability=[f"c{n}" for n in range(65)]),
        4,
    ),
    refused(
        "capability-twice",
        "one capability twice",
        f"{SAYS}a list of at most 64, each once",
        saying(capability=["search", "search"]),
    ),
    refused("capability-empty", "a capability that is empty", TEXTS, saying(capability=["search", ""])),
    refused("text-empty", "a model that is empty", TEXTS, saying(model="")),
    refused("text-too-long", "a model of 257 characters", TEXTS, saying(model="m" * 257), 4),
    refused("text-number", "a version that is a number", TEXTS, saying(version=1)),
    refused("subject-type", "a second type of the subject", MEMBERS, saying(type=["AgentIdentity", IDENTITY[1]])),
    refused("subject-type-absent", "a subject of no type", MEMBERS, lambda s: {"id": s.planner.did}),
    refused("member", "a member that says nothing about an agent", NO_OTHER, saying(name="Planner"), 91),
    refused("member-null", "an owner that is null", NO_OTHER, lambda s: {**subject(s), "owner": None}),
    refused("two-subjects", "two subjects", ONE, lambda s: [subject(s), subject(s, id=s.scout.did)]),
)


def wrong(name: str, notes: str, rule: str, attack: int = 50, **members: Callable[[Scene], Any]) -> Presentation:
    """A genuine credential with these members, which is no identity credential; None takes one away."""
    made = lambda s: credential(s, **{name: make(s) for name, make in members.items()})  # noqa: E731 - used once
    return case(name, notes, Verdict(BAD, 9, rule, attack), lambda s: [made(s)])


def entry(s: Scene, **changes: Any) -> dict[str, Any]:
    """The first entry of a Bitstring Status List; None takes a member away."""
    usual = {
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "0",
        "statusListCredential": s.list_uri,
    }
    return changed(usual, **changes)


def placed(s: Scene, **more: Any) -> dict[str, Any]:
    """The first entry of a Token Status List."""
    return {"status_list": {"idx": 0, "uri": s.list_uri}, **more}


STATUS = f"{ISSUED}an entry of any other kind is refused"
FORMS: tuple[Recipe, ...] = (
    wrong("type", "of another type", f"{SAYS}the types", type=lambda s: IDENTITY[:1]),
    wrong(
        "more-than-is-read",
        "a credential of more than 16,384 characters",
        f"{ASKED}longer than 16,384 characters",
        4,
        evidence=lambda s: {"type": "VerifiableCredential", "description": "x" * 12_300},
    ),
    wrong("start-absent", "without validFrom", f"{ISSUED}validFrom and validUntil", validFrom=lambda s: None),
    wrong("end-absent", "without validUntil", f"{ISSUED}validFrom and validUntil", validUntil=lambda s: None),
    wrong(
        "status-message",
        "a status list for messages",
        STATUS,
        credentialStatus=lambda s: entry(
            s,
            statusPurpose="message",
            statusMessage=[{"status": "0x0", "message": "a"}, {"status": "0x1", "message": "b"}],
        ),
    ),
    wrong("status-size", "entries of two bits", STATUS, credentialStatus=lambda s: entry(s, statusSize=2)),
    wrong("status-index", "no index", STATUS, credentialStatus=lambda s: entry(s, statusListIndex=None)),
    wrong("status-other-member", "a status that nobody looks up", STATUS, status=lambda s: placed(s, other={})),
    wrong("status-no-list", "a status without a list", STATUS, status=lambda s: {"other": {}}),
)


def values(*told: int, **more: Any) -> Callable[[Scene], str]:
    """The organisation's Token Status List."""
    return lambda s: s.status_list(org(s), told, **more)


def stale(s: Scene) -> str:
    return s.status_list(org(s), (0,), at=s.now - 301)


def life(event: str, sequence: int, by: Callable[[Scene], Key] = org) -> Callable[[Scene], str]:
    return lambda s: s.life(s.planner.did, event, by(s), sequence)


def listed(s: Scene) -> list[str]:
    return [credential(s, status=placed(s))]


def alone(s: Scene) -> list[str]:
    return [credential(s)]


FINAL = 2**53 - 1
COUNTS = f"{ASKED}a genuine one counts if"
GENUINE = f"{ASKED}the others must be genuine"
MET, UNMET = Verdict("ok", None, COUNTS, None), Verdict("denied", 9, COUNTS, 71)
COUNTED: tuple[Recipe, ...] = (
    case("status-valid", "its list says valid", MET, listed, values(0)),
    case("uncounted-status-invalid", "its list says invalid", UNMET, listed, values(1)),
    case("uncounted-status-suspended", "its list says suspended", UNMET, listed, values(2)),
    case("uncounted-suspended", "the issuer suspended the agent", UNMET, alone, life("suspend", 5)),
    case("resumed", "and resumed it", MET, alone, life("suspend", 5), life("resume", 6)),
    case("uncounted-ended", "the issuer deprovisioned the agent", UNMET, alone, life("deprovision", FINAL)),
    case("suspended-by-stranger", "somebody else did", MET, alone, life("suspend", 5, lambda s: s.mallory)),
    case(
        "uncounted-over",
        "a credential that has ended",
        UNMET,
        lambda s: [credential(s, validUntil=stamp(s.now - 61))],
    ),
    case(
        "forged",
        "signed by somebody else",
        Verdict("bad_credential", 9, GENUINE),
        lambda s: [credential(s, signer=s.mallory)],
    ),
    case(
        "uncounted-another-agent",
        "of an agent that is nobody here",
        Verdict("denied", 9, f"{ASKED}about nobody in this chain, is passed over"),
        lambda s: [credential(s, subject(s, id=s.bob.did))],
    ),
    case(
        "another-issuer",
        "by an issuer that nobody asks for, of another type, beside a good one",
        Verdict("ok", None, f"{ASKED}one by an issuer that no caveat names is passed over", None),
        lambda s: [credential(s, by=s.mallory, type=IDENTITY[:1]), credential(s)],
    ),
    case(
        "two-subjects-of-another",
        "two subjects, by an issuer that nobody asks for, beside a good one",
        Verdict(BAD, 9, f"{ASKED}a text that has more than one subject is refused"),
        lambda s: [credential(s, [subject(s), subject(s, id=s.scout.did)], by=s.mallory), credential(s)],
    ),
    case(
        "no-credential",
        "a text that is none, beside a good one",
        Verdict(BAD, 9, f"{ASKED}a text that is no credential of the data model is refused"),
        lambda s: ["none", credential(s)],
    ),
    case(
        "status-unknown",
        "its list is not known",
        Verdict("stale_status", None, f"{ASKED}nothing is decided", 71),
        listed,
    ),
    case("status-stale", "301 seconds", Verdict("stale_status", None, f"{ASKED}nothing is decided", 71), listed, stale),
    case(
        "status-unknown-beside",
        "its list is not known, and another credential counts",
        MET,
        lambda s: [*listed(s), credential(s)],
    ),
)
RECIPES: tuple[Recipe, ...] = (*PROFILES, *FORMS, *COUNTED)
