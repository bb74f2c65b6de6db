"""did:webvh: logs that lead to a document, and logs of which nothing is believed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .case import Case
from .moments import stamp
from .resolving import Resolved, Unresolved, host, multibase
from .scene import Scene, compact
from .testkit import Key
from .webvh_log import Edit, Log, committed, merged, witnesses
from .world import World

PAGE = "docs/spec/webvh.md section "
NAMES = PAGE + "Names: refused before anything is fetched"
FORM = PAGE + "Logs: row 1, the form of an entry"
TIME = PAGE + "Logs: row 2, versionTime"
PARAMETERS = PAGE + "Logs: parameters, and row 3"
WHOSE = PAGE + "Logs: row 4, whose document it is"
SCID = PAGE + "Logs: row 5, the SCID is the hash of the first entry"
HASH = PAGE + "Logs: row 6, the hash of the entry behind the one before"
PROOF = PAGE + "Logs: row 7, every proof is by a key that may sign, and holds"
OVER_ALL = PAGE + "Logs: what is asked of the log as a whole"
WITNESSED = PAGE + "Logs: witnesses"
MOVING = PAGE + "Logs: moving"
USES = ["authentication"]

Asked = Callable[[Scene], dict[str, Any]]
Made = Callable[[Scene], Log]


def good(
    name: str, notes: str, made: Made, spec: str = OVER_ALL, key: Callable[[Scene], Key] | None = None
) -> Resolved:
    """A log whose last document has this key, alice's unless said otherwise."""
    of = key or (lambda s: s.alice)
    methods = lambda s: {f"{made(s).did}#k": (of(s), USES)}  # noqa: E731 - used once
    return Resolved(name, notes, lambda s: made(s).asked(), methods, spec, "did-webvh")


def approved(name: str, notes: str, made: Callable[[Scene], tuple[Log, str]]) -> Resolved:
    """A log and what its witnesses approved."""
    asked = lambda s: made(s)[0].asked(approvals=made(s)[1])  # noqa: E731 - used once
    methods = lambda s: {f"{made(s)[0].did}#k": (s.alice, USES)}  # noqa: E731 - used once
    return Resolved(name, notes, asked, methods, WITNESSED, "did-webvh")


def wrong(name: str, notes: str, attack: int, spec: str, asked: Asked) -> Unresolved:
    return Unresolved(name, notes, attack, asked, spec, "did-webvh")


def log(name: str, notes: str, spec: str, made: Made, attack: int = 37) -> Unresolved:
    return wrong(name, notes, attack, spec, lambda s: made(s).asked())


def unapproved(name: str, notes: str, made: Callable[[Scene], tuple[Log, str | None]]) -> Unresolved:
    return wrong(name, notes, 37, WITNESSED, lambda s: (pair := made(s))[0].asked(approvals=pair[1]))


def at_first(
    name: str, notes: str, parameters: Callable[[Scene], dict[str, Any]], spec: str = PARAMETERS
) -> Unresolved:
    """A log of one entry with these parameters; None takes one away."""
    return log(name, notes, spec, lambda s: Log(s).first(**parameters(s)))


def at_second(name: str, notes: str, parameters: Callable[[Scene], dict[str, Any]]) -> Unresolved:
    return log(name, notes, PARAMETERS, lambda s: Log(s).first().then(**parameters(s)))


def edited(name: str, notes: str, spec: str, edit: Callable[[Scene], Edit]) -> Unresolved:
    """A second entry that is changed before it is hashed and signed."""
    return log(name, notes, spec, lambda s: Log(s).first().then(hashed=edit(s)))


def proven(name: str, notes: str, proof: Callable[[Log, dict[str, Any]], Any], attack: int = 37) -> Unresolved:
    """A second entry with another proof."""
    return log(
        name, notes, PROOF, lambda s: (made := Log(s).first()).then(proof=lambda bare: proof(made, bare)), attack
    )


def named(name: str, notes: str, place: Callable[[Scene], str], attack: int = 34) -> Unresolved:
    """A right log, of a DID whose place is none."""
    return wrong(name, notes, attack, NAMES, lambda s: Log(s, place(s)).first().asked())


def rotated(s: Scene) -> Log:
    return Log(s).first().then(updateKeys=[multibase(s.planner)])


def committing(s: Scene) -> Log:
    """Alice has committed to planner's key for the next entry."""
    return Log(s).first(nextKeyHashes=[committed(s.planner)])


def watched(s: Scene, **more: Any) -> Log:
    """Bob must approve."""
    return Log(s).first(**witnesses(s.bob), **more)


def moved(s: Scene, *, portable: bool = True, known: bool = True) -> Log:
    """A log that begins at one host and goes on at another."""
    made = Log(s).first(**({"portable": True} if portable else {}))
    before, made.place = made.did, f"new.{host(s)}"
    return made.then(hashed=lambda entry: entry["state"].update({"alsoKnownAs": [before]}) if known else None)


def tampered(proof: dict[str, Any]) -> dict[str, Any]:
    """The proof of another time, under the same signature."""
    return {**proof, "created": "2026-01-01T00:00:00Z"}


def changed_text(s: Scene, change: Callable[[str], str]) -> dict[str, Any]:
    asked = Log(s).first().asked()
    return {**asked, "documents": {url: change(text) for url, text in asked["documents"].items()}}


def renumbered(s: Scene, start: str) -> Log:
    return Log(s).first().then(signed=lambda entry: entry.update(versionId=start + entry["versionId"][2:]))


def reordered(s: Scene) -> Log:
    """The numbers as they should be: it is the hash that tells."""
    made = Log(s).first().then().then()
    made.entries[1:] = reversed(made.entries[1:])
    for number, entry in enumerate(made.entries, start=1):
        entry["versionId"] = f"{number}-{entry['versionId'][2:]}"
    return made


def gap(s: Scene) -> Log:
    made = Log(s).first().then().then()
    del made.entries[1]
    made.entries[1]["versionId"] = "2" + made.entries[1]["versionId"][1:]
    return made


def renamed(did: str) -> Edit:
    return lambda entry: entry["state"].update(id=did)


def swapped(s: Scene) -> Edit:
    """Mallory's key in the document."""
    return lambda entry: entry["state"]["verificationMethod"][0].update(publicKeyMultibase=multibase(s.mallory))


def unusable(entry: dict[str, Any]) -> None:
    entry["state"]["verificationMethod"] = "#k"


def another(s: Scene) -> dict[str, Any]:
    """The DID of one log, at whose place there is another."""
    return Log(s).first().asked(Log(s).first(ttl=1).did)


def elsewhere(s: Scene) -> dict[str, Any]:
    made = Log(s).first()
    return {
        "did": f"did:webvh:{made.scid}:new.{host(s)}",
        "documents": {f"https://new.{host(s)}/.well-known/did.jsonl": made.text},
    }


def before_the_move(s: Scene) -> dict[str, Any]:
    made = moved(s)
    old = f"did:webvh:{made.scid}:{host(s)}"
    return {"did": old, "documents": {f"https://{host(s)}/.well-known/did.jsonl": made.text}}


def too_few(s: Scene, times: int = 1) -> tuple[Log, str]:
    made = Log(s).first(**witnesses(s.bob, s.scout, threshold=2))
    return made, made.approved(*[s.bob] * times)


def first_alone(s: Scene) -> tuple[Log, str]:
    made = watched(s).then()
    return made, made.approved(s.bob, number=1)


def short(s: Scene) -> dict[str, Any]:
    made = Log(s).first()
    did = made.did.replace(made.scid, made.scid[:-1])
    return {"did": did, "documents": {f"https://{host(s)}/.well-known/did.jsonl": compact(made.entries[0])}}


GOOD: tuple[Callable[[World], Case], ...] = (
    good("one-entry", "a log of one entry", lambda s: Log(s).first()),
    good("new-key", "another key in the second entry", lambda s: Log(s).first().then(key=s.bob), key=lambda s: s.bob),
    good(
        "update-key-rotated", "the third entry by the key of the second", lambda s: rotated(s).then(by=s.planner), PROOF
    ),
    good(
        "pre-rotated",
        "the second entry by the key that the first committed to",
        lambda s: committing(s).then(by=s.planner, updateKeys=[multibase(s.planner)], nextKeyHashes=[]),
        PARAMETERS,
    ),
    good(
        "two-proofs",
        "two keys that may sign, and both did",
        lambda s: (made := Log(s).first(updateKeys=[multibase(s.alice), multibase(s.bob)])).then(
            proof=lambda bare: [made.proof(bare), made.proof(bare, s.bob)]
        ),
        PROOF,
    ),
    good("path", "a DID with a path", lambda s: Log(s, f"{host(s)}:people:alice").first(), NAMES),
    good("port", "a DID with a port", lambda s: Log(s, f"{host(s)}%3A8443").first(), NAMES),
    good("told", "ttl and watchers", lambda s: Log(s).first(ttl=60, watchers=["https://watch.example/"]), PARAMETERS),
    good(
        "five-minutes-ahead",
        "dated five minutes ahead of the clock",
        lambda s: Log(s).first(before=merged(versionTime=stamp(s.now + 300))),
        TIME,
    ),
    good("moved", "a DID at its second name", moved, MOVING),
    approved("witnessed", "an entry that its witness approved", lambda s: ((made := watched(s)), made.approved(s.bob))),
    approved(
        "witnessed-behind",
        "an approval of the second entry, which is one of the first",
        lambda s: ((made := watched(s).then()), made.approved(s.bob)),
    ),
    approved(
        "witnessed-by-two",
        "two of three witnesses",
        lambda s: (
            (made := Log(s).first(**witnesses(s.bob, s.scout, s.planner, threshold=2))),
            made.approved(s.bob, s.planner),
        ),
    ),
)
FORMS: tuple[Callable[[World], Case], ...] = (
    wrong("no-log", "a server without the log", 37, OVER_ALL, lambda s: {"did": Log(s).first().did}),
    wrong("no-json", "a log that is none", 37, FORM, lambda s: changed_text(s, lambda text: "moved\n")),
    wrong("empty", "a log without entries", 37, FORM, lambda s: changed_text(s, lambda text: "")),
    wrong("blank-line", "a blank line behind", 37, FORM, lambda s: changed_text(s, lambda text: text + "\n")),
    wrong(
        "member-twice", "a member twice", 21, FORM, lambda s: changed_text(s, lambda text: '{"state":{},' + text[1:])
    ),
    edited("member-more", "a member more", FORM, lambda s: merged(note="x")),
    log("number", "the second entry is numbered 3", FORM, lambda s: renumbered(s, "3-")),
    log("number-zero", "the second entry is numbered 02", FORM, lambda s: renumbered(s, "02-")),
    log("out-of-order", "the third entry before the second", HASH, reordered),
    log("gap", "the second of three entries is missing", HASH, gap),
    edited("time-as-before", "dated as the first", TIME, lambda s: merged(versionTime=stamp(s.now - 3540))),
    edited("time-before", "dated before the first", TIME, lambda s: merged(versionTime=stamp(s.now - 3600))),
    edited("time-ahead", "five minutes and a second ahead", TIME, lambda s: merged(versionTime=stamp(s.now + 301))),
    edited("time-offset", "at an offset of an hour", TIME, lambda s: merged(versionTime=stamp(s.now)[:-1] + "+01:00")),
)
RULES: tuple[Callable[[World], Case], ...] = (
    at_first("method-missing", "no method", lambda s: {"method": None}),
    at_first("method-0-5", "an older version of the method", lambda s: {"method": "did:webvh:0.5"}),
    at_first("scid-missing", "no scid", lambda s: {"scid": None}),
    at_first("update-keys-missing", "no update keys", lambda s: {"updateKeys": None}),
    at_first("update-keys-empty", "an empty list of them", lambda s: {"updateKeys": []}),
    at_first(
        "update-key-p256", "a P-256 key among them", lambda s: {"updateKeys": [multibase(s.alice), multibase(s.carol)]}
    ),
    at_first("update-key-twice", "one of them twice", lambda s: {"updateKeys": [multibase(s.alice)] * 2}),
    at_first("unknown", "a parameter that is unknown", lambda s: {"quorum": 1}),
    at_first("ttl-negative", "a ttl below zero", lambda s: {"ttl": -1}),
    at_first("ttl-text", "a ttl as text", lambda s: {"ttl": "60"}),
    at_first("watcher-no-uri", "a watcher that is no URI", lambda s: {"watchers": ["watch"]}),
    at_first("portable-number", "portable as 1", lambda s: {"portable": 1}),
    at_first("witness-threshold-0", "a threshold of 0", lambda s: witnesses(s.bob, threshold=0)),
    at_first("witness-threshold", "a threshold that they cannot reach", lambda s: witnesses(s.bob, threshold=2)),
    at_first("witness-twice", "a witness twice", lambda s: witnesses(s.bob, s.bob)),
    at_first("witness-p256", "a witness with a P-256 key", lambda s: witnesses(s.carol)),
    at_second("null", "a parameter that is null", lambda s: {"ttl": None}),
    at_second("scid-again", "the scid once more", lambda s: {"scid": Log(s).first().scid}),
    at_second("portable-later", "portable from the second entry on", lambda s: {"portable": True}),
    log(
        "behind-the-end",
        "an entry behind the one that deactivates",
        PARAMETERS,
        lambda s: Log(s).first().then(deactivated=True).then(deactivated=False),
        39,
    ),
    log(
        "not-committed",
        "an update key that the first entry did not commit to",
        PARAMETERS,
        lambda s: committing(s).then(by=s.bob, updateKeys=[multibase(s.bob)], nextKeyHashes=[]),
    ),
    log(
        "committed-keys-missing",
        "no update keys behind a commitment",
        PARAMETERS,
        lambda s: committing(s).then(nextKeyHashes=[]),
    ),
    log(
        "commitment-missing",
        "no next commitment behind one",
        PARAMETERS,
        lambda s: committing(s).then(by=s.planner, updateKeys=[multibase(s.planner)]),
    ),
)
CHAIN: tuple[Callable[[World], Case], ...] = (
    edited("state-no-id", "a document without an id", WHOSE, lambda s: lambda entry: entry["state"].pop("id")),
    edited(
        "state-of-another-scid",
        "a document of another SCID",
        WHOSE,
        lambda s: renamed(Log(s, "other.example").first().did),
    ),
    edited("state-did-web", "a document of a did:web", WHOSE, lambda s: renamed(f"did:web:{host(s)}")),
    log("moved-not-portable", "moved, and not portable", WHOSE, lambda s: moved(s, portable=False)),
    log("moved-unknown", "moved, and not also known as before", WHOSE, lambda s: moved(s, known=False)),
    log("scid-of-another", "a document changed behind the SCID", SCID, lambda s: Log(s).first(hashed=swapped(s))),
    log(
        "hash-of-the-first", "hashed behind the SCID", HASH, lambda s: (made := Log(s).first()).then(previous=made.scid)
    ),
    log(
        "changed-behind-the-hash",
        "a key changed behind the hash",
        HASH,
        lambda s: Log(s).first().then(signed=swapped(s)),
    ),
    log("by-a-stranger", "the second entry by mallory", PROOF, lambda s: Log(s).first().then(by=s.mallory)),
    log("first-by-a-stranger", "the first entry by mallory", PROOF, lambda s: Log(s).first(by=s.mallory)),
    log(
        "by-its-own-key",
        "the second entry by the key that it sets",
        PROOF,
        lambda s: Log(s).first().then(by=s.mallory, updateKeys=[multibase(s.mallory)]),
    ),
    log("by-the-key-before", "the third entry by the key that the second took out", PROOF, lambda s: rotated(s).then()),
    log(
        "no-update-key",
        "an entry behind one without update keys",
        PROOF,
        lambda s: Log(s).first().then(updateKeys=[]).then(),
    ),
    proven("no-proof", "no proof", lambda made, bare: []),
    proven("proof-of-another", "the proof of the first entry", lambda made, bare: made.entries[0]["proof"]),
    proven("proof-tampered", "a time changed behind the signature", lambda made, bare: [tampered(made.proof(bare))]),
    proven(
        "second-proof",
        "a good proof, and one that does not hold",
        lambda made, bare: [made.proof(bare), tampered(made.proof(bare))],
    ),
    proven(
        "proof-purpose",
        "a proof to authenticate",
        lambda made, bare: [made.proof(bare, proofPurpose="authentication")],
        30,
    ),
    proven("proof-suite", "a suite of P-256", lambda made, bare: [made.proof(bare, cryptosuite="ecdsa-jcs-2019")]),
    proven("proof-member", "a proof with a domain", lambda made, bare: [made.proof(bare, domain="example")]),
    proven(
        "proof-method",
        "a key under another name",
        lambda made, bare: [made.proof(bare, verificationMethod=made.scene.alice.did + "#k")],
    ),
)
WHOLE: tuple[Callable[[World], Case], ...] = (
    wrong("another-scid", "the log of another SCID", 37, OVER_ALL, another),
    wrong("another-host", "the log of another host", 31, OVER_ALL, elsewhere),
    wrong("moved-before", "the name before the move", 37, MOVING, before_the_move),
    log("deactivated", "deactivated", OVER_ALL, lambda s: Log(s).first().then(deactivated=True), 39),
    log("deactivated-at-once", "deactivated from the first", OVER_ALL, lambda s: Log(s).first(deactivated=True), 39),
    edited("no-document", "a document whose methods are text", OVER_ALL, lambda s: unusable),
    unapproved("no-approvals", "no file of approvals", lambda s: (watched(s), None)),
    unapproved("too-few", "one of two", too_few),
    unapproved("approved-twice", "one witness twice, where two are needed", lambda s: too_few(s, 2)),
    unapproved(
        "approved-by-a-stranger", "approved by mallory", lambda s: ((made := watched(s)), made.approved(s.mallory))
    ),
    unapproved(
        "approval-tampered",
        "an approval changed behind its signature",
        lambda s: ((made := watched(s)), made.approved(s.bob).replace("assertionMethod", "authentication")),
    ),
    unapproved("approval-of-the-first", "the second entry is not approved", first_alone),
    unapproved("approvals-no-list", "a file that is no list", lambda s: (watched(s), "{}")),
    unapproved(
        "witness-removed",
        "the witness taken out, and not asked",
        lambda s: ((made := watched(s).then(witness={})), made.approved(s.bob, number=1)),
    ),
    named("host-capital", "a host in capitals", lambda s: host(s).capitalize()),
    named("host-no-dot", "a host without a dot", lambda s: "localhost", 35),
    named("host-address", "an address for a host", lambda s: "127.0.0.1", 35),
    named("port-443", "the port that is left out", lambda s: f"{host(s)}%3A443"),
    named("port-65536", "a port beyond 65535", lambda s: f"{host(s)}%3A65536"),
    named("path-dots", "two dots in the path", lambda s: f"{host(s)}:..:alice"),
    named("path-slash", "an encoded slash in the path", lambda s: f"{host(s)}:a%2Fb"),
    named("path-spelling", "a letter of the path encoded", lambda s: f"{host(s)}:%61lice"),
    wrong("scid-short", "an SCID of 45 characters", 46, NAMES, short),
)


RECIPES: tuple[Callable[[World], Case], ...] = (*GOOD, *FORMS, *RULES, *CHAIN, *WHOLE)
