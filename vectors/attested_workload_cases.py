"""Evidence in identity credentials: by which workloads an agent was endorsed, as its issuer says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .attested_cases import BAD, DIGEST, IDENTITY, ISSUED, Recipe, Verdict, case, credential
from .jose import changed
from .presentation import Presentation
from .scene import Scene

EVIDENCE = "WorkloadEvidence"
PREFIX = "spiffe://"

Elements = Callable[[Scene], Any]

EACH = f"{ISSUED}each an object of the type WorkloadEvidence with workload, form and digest; nothing else"
NAMED = f"{ISSUED}workload is a SPIFFE ID with a path, in its one spelling"
LONGEST = f"{ISSUED}a SPIFFE ID of at most 2,048 characters"
FORM = f"{ISSUED}form is jwt-svid or wit-svid"
DIGESTED = f"{ISSUED}digest is sha-256: and 43 characters of base64url"
OTHER, EIGHT = f"{ISSUED}evidence of other types is passed over", f"{ISSUED}at most 8"


def domain(s: Scene) -> str:
    """The name of a trust domain."""
    return f"{s.world.word('domain', 'prod')}.example"


def path(length: int) -> str:
    """A path of so many characters."""
    return "/" + "w" * (length - 1)


def endorsed(s: Scene, **changes: Any) -> dict[str, Any]:
    """That the planner's workload endorsed it; None takes a member away."""
    usual = {"type": EVIDENCE, "workload": f"{PREFIX}{domain(s)}/ns/travel", "form": "jwt-svid", "digest": DIGEST}
    return changed(usual, **changes)


def good(name: str, notes: str, rule: str, elements: Elements) -> Presentation:
    """A credential with this evidence, which counts."""
    made = lambda s: [credential(s, evidence=elements(s))]  # noqa: E731 - used once
    return case(f"valid-{name}", notes, Verdict("ok", None, rule, None), made)


def refused(name: str, notes: str, rule: str, elements: Elements, attack: int = 50) -> Presentation:
    """A genuine credential with this evidence, which is none of a workload."""
    made = lambda s: [credential(s, evidence=elements(s))]  # noqa: E731 - used once
    return case(name, notes, Verdict(BAD, 9, rule, attack), made)


def of(**members: Any) -> Elements:
    """One workload, with these members."""
    return lambda s: [endorsed(s, **members)]


def named(write: Callable[[str], str]) -> Elements:
    """One workload, whose name is written from that of the trust domain."""
    return lambda s: [endorsed(s, workload=write(domain(s)))]


def many(count: int) -> Elements:
    return lambda s: [endorsed(s, workload=f"{PREFIX}{domain(s)}/w{number}") for number in range(count)]


RECIPES: tuple[Recipe, ...] = (
    good("workload-jwt-svid", "a workload that showed a JWT-SVID", FORM, of(form="jwt-svid")),
    good("workload-wit-svid", "a workload that showed a WIT-SVID", FORM, of(form="wit-svid")),
    good("workload-alone", "one object in place of the list", EACH, endorsed),
    good("workload-types", "a list of the one type", EACH, of(type=[EVIDENCE])),
    good(
        "workload-beside",
        "evidence of another type, with members of its own, before that of a workload",
        OTHER,
        lambda s: [{"type": IDENTITY[0], "description": "seen"}, endorsed(s)],
    ),
    good(
        "workload-others",
        "nine of another type, and one of a workload",
        OTHER,
        lambda s: [*({"type": IDENTITY[0], "description": f"{number}"} for number in range(9)), endorsed(s)],
    ),
    good("workloads", "eight workloads", EIGHT, many(8)),
    good(
        "workload-longest", "a name of 2,048 characters", LONGEST, named(lambda d: f"{PREFIX}{d}{path(2_039 - len(d))}")
    ),
    good("workload-domain-longest", "a trust domain of 255 characters", NAMED, of(workload=f"{PREFIX}{'d' * 255}/w")),
    good("workload-dots", "a segment that begins with dots", NAMED, named(lambda d: f"{PREFIX}{d}/...w/..w")),
    refused("workloads-too-many", "nine workloads", EIGHT, many(9), 4),
    refused("workload-second", "the second of two has no form", EACH, lambda s: [endorsed(s), endorsed(s, form=None)]),
    refused("workload-alone-no-form", "one object, without form", EACH, lambda s: endorsed(s, form=None)),
    refused(
        "workload-types-no-form", "a list of two types, without form", EACH, of(type=[EVIDENCE, IDENTITY[0]], form=None)
    ),
    refused("workload-absent", "no workload", EACH, of(workload=None)),
    refused("workload-digest-absent", "no digest", EACH, of(digest=None)),
    refused("workload-member", "a member of other evidence", EACH, of(description="seen"), 91),
    refused("workload-id", "an id of its own", EACH, of(id="urn:a:1"), 91),
    refused("workload-form", "a form that there is not", FORM, of(form="x509-svid")),
    refused("workload-form-case", "the form in upper case", FORM, of(form="JWT-SVID")),
    refused("workload-form-number", "a form that is a number", FORM, of(form=1)),
    refused("workload-digest", "a digest of 42 characters", DIGESTED, of(digest=DIGEST[:-1])),
    refused("workload-digest-longer", "a digest of 44 characters", DIGESTED, of(digest=f"{DIGEST}A")),
    refused("workload-digest-bare", "a digest without its algorithm", DIGESTED, of(digest="A" * 43)),
    refused("workload-digest-padded", "a digest with padding", DIGESTED, of(digest=f"{DIGEST}=")),
    refused("workload-digest-number", "a digest that is a number", DIGESTED, of(digest=1)),
    refused("workload-number", "a name that is a number", NAMED, of(workload=1)),
    refused(
        "workload-list", "a list of the one name", NAMED, lambda s: [endorsed(s, workload=[f"{PREFIX}{domain(s)}/w"])]
    ),
    refused("workload-no-scheme", "a name without its scheme", NAMED, named(lambda d: f"{d}/ns/travel")),
    refused("workload-scheme", "a name of another scheme", NAMED, named(lambda d: f"https://{d}/ns/travel")),
    refused("workload-scheme-case", "the scheme in upper case", NAMED, named(lambda d: f"SPIFFE://{d}/ns/travel")),
    refused("workload-domain-case", "a trust domain in upper case", NAMED, named(lambda d: f"{PREFIX}{d.upper()}/w")),
    refused("workload-domain-empty", "no trust domain", NAMED, of(workload=f"{PREFIX}/w")),
    refused(
        "workload-domain-too-long", "a trust domain of 256 characters", NAMED, of(workload=f"{PREFIX}{'d' * 256}/w"), 4
    ),
    refused("workload-port", "a port behind the trust domain", NAMED, named(lambda d: f"{PREFIX}{d}:443/w")),
    refused("workload-user", "a user before the trust domain", NAMED, named(lambda d: f"{PREFIX}admin@{d}/w"), 55),
    refused("workload-no-path", "a trust domain alone", NAMED, named(lambda d: f"{PREFIX}{d}")),
    refused("workload-path-root", "a path of a slash alone", NAMED, named(lambda d: f"{PREFIX}{d}/")),
    refused("workload-path-end", "a slash at the end", NAMED, named(lambda d: f"{PREFIX}{d}/w/")),
    refused("workload-path-empty", "an empty segment", NAMED, named(lambda d: f"{PREFIX}{d}/ns//w")),
    refused("workload-path-dot", "a segment that is a dot", NAMED, named(lambda d: f"{PREFIX}{d}/./w")),
    refused("workload-path-dots", "a segment that is two dots", NAMED, named(lambda d: f"{PREFIX}{d}/ns/../w")),
    refused("workload-path-percent", "a path with percent-encoding", NAMED, named(lambda d: f"{PREFIX}{d}/%77")),
    refused("workload-path-letter", "a letter outside ASCII", NAMED, named(lambda d: f"{PREFIX}{d}/w\u00e9")),
    refused("workload-query", "a query", NAMED, named(lambda d: f"{PREFIX}{d}/w?a=b")),
    refused("workload-fragment", "a fragment", NAMED, named(lambda d: f"{PREFIX}{d}/w#a")),
    refused("workload-line", "a line feed behind the name", NAMED, named(lambda d: f"{PREFIX}{d}/w\n")),
    refused(
        "workload-too-long",
        "a name of 2,049 characters",
        LONGEST,
        named(lambda d: f"{PREFIX}{d}{path(2_040 - len(d))}"),
        4,
    ),
)
