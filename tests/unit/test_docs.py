"""The documents say what the code does: every example, byte string, case table and error code is checked here."""

from __future__ import annotations

import hashlib
import json
import re
import textwrap
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from biscuit_auth import BiscuitBuilder, BlockBuilder, KeyPair
from tests.unit import macaroon_pages

import attorn
import attorn.oauth  # declares errors
import attorn.web.events  # declares an error
from attorn import AttornError, Identity, Request, Token, Verifier, caveat, errors, revocation, store
from attorn.approval import ApprovalRequest
from attorn.biscuit.admission import admit
from attorn.biscuit.block import encode
from attorn.biscuit.container import parse
from attorn.biscuit.signature import block_payload, seal_payload
from attorn.caveat.profile import recognise
from attorn.datalog import BINARY, BOOL, BYTES, DATE, SET, STRING, UNARY, VARIABLE, Check, Expression, Predicate
from attorn.encoding import base64url_decode
from attorn.errors import InputError
from attorn.events.receiver import IssuerError
from attorn.keys import multikey
from attorn.keys.signer import Ed25519Signer, P256Signer
from attorn.limits import Limits
from attorn.request import address, filepath, glob, resource, url
from attorn.request.attested import Attested
from attorn.request.facts import Facts
from attorn.request.money import Money
from attorn.token.link import write
from attorn.token.presentation import read as read_presentation
from attorn.verify import clearing

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r"^```([a-z-]+)(?: ([a-z0-9-]+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)
AUDIENCE = "did:web:calendar.example"


class Fence(NamedTuple):
    """One fenced block of a page: its language, its name if it has one, and its lines."""

    page: str
    kind: str
    name: str
    text: str

    def label(self) -> str:
        return f"{self.page}:{self.name or self.text.strip().splitlines()[0][:40]}"


def fences(*kinds: str) -> list[Fence]:
    found = []
    for page in PAGES:
        for match in FENCE.finditer(page.read_text(encoding="utf-8")):
            if match[1] in kinds:
                found.append(Fence(page.relative_to(ROOT).as_posix(), match[1], match[2] or "", match[3]))
    return found


def lines(kind: str) -> list[tuple[str, ...]]:
    """The lines of all blocks of a kind, split at ` | `."""
    return [tuple(line.split(" | ")) for fence in fences(kind) for line in fence.text.splitlines() if line.strip()]


# The stock engine's text form of the profile.


def term_text(term: tuple[int, Any]) -> str:
    kind, value = term
    if kind == VARIABLE:
        return f"${value}"
    if kind == STRING:
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if kind == BYTES:
        return f"hex:{value.hex()}"
    if kind == DATE:
        return datetime.fromtimestamp(value, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if kind == BOOL:
        return "true" if value else "false"
    if kind == SET:
        return "{" + ", ".join(term_text(member) for member in value) + "}"
    return str(value)


def predicate_text(predicate: Predicate) -> str:
    return f"{predicate.name}({', '.join(map(term_text, predicate.terms))})"


def expression_text(expression: Expression) -> str:
    signs = {0: "<", 1: ">", 2: "<=", 3: ">="}
    stack: list[str] = []
    for kind, value in expression:
        if kind == UNARY:
            stack.append(f"!{stack.pop()}")
        elif kind == BINARY:
            right, left = stack.pop(), stack.pop()
            methods = {5: f"{left}.contains({right})", 6: f"{left}.starts_with({right})"}
            stack.append(methods[value] if value in methods else f"{left} {signs[value]} {right}")  # type: ignore[index]
        else:
            stack.append(term_text((kind, value)))
    return stack.pop()


def check_text(check: Check) -> str:
    queries = (
        ", ".join([*map(predicate_text, query.body), *map(expression_text, query.expressions)]) for query in check
    )
    return f"check if {' or '.join(queries)};"


def block_text(facts: tuple[Predicate, ...], checks: tuple[Check, ...]) -> str:
    return "\n".join([*(f"{predicate_text(fact)};" for fact in facts), *map(check_text, checks)])


def compiled(*codes: str) -> tuple[bytes, ...]:
    """The payloads that the stock compiler makes of these blocks."""
    biscuit = BiscuitBuilder(codes[0]).build(KeyPair().private_key)
    for code in codes[1:]:
        biscuit = biscuit.append(BlockBuilder(code))
    return tuple(block.payload for block in parse(bytes(biscuit.to_bytes()), most_blocks=9).blocks)


# The worked example.


def person(number: int, drawn: bytes = b"") -> Identity:
    ids = iter(drawn)
    return Identity.from_seed(bytes([number]) * 32, clock=lambda: NOW, random=lambda size: bytes([next(ids)]) * size)


def the_request() -> Request:
    return Request(action="events:read", resource="cal://alice/2026-11", args={"limit": 10})


def the_tokens() -> tuple[Token, Token, str]:
    alice, planner, scout = person(1, b"\x11"), person(2, b"\x22"), person(3, b"\x33")
    first = alice.mint(
        to=planner.did,
        caveats=[
            caveat.Purpose("Plan my November"),
            caveat.Actions("events:read", "events:write"),
            caveat.Resources("cal://alice"),
            caveat.ExpiresIn(hours=8),
        ],
    )
    second = planner.delegate(first, to=scout.did, caveats=[caveat.Actions("events:read"), caveat.MaxUses(10)])
    return first, second, scout.present(second, the_request(), audience=AUDIENCE)


def examples() -> dict[str, bytes | str]:
    """Everything that a named block of a page must hold."""
    first, second, wire = the_tokens()
    presented = parse(base64url_decode(wire), most_blocks=9)
    one, two, last = presented.blocks
    jwk = Identity.from_seed(b"\x04" * 32, method="jwk")
    to_jwk = person(1, b"\x11").mint(to=jwk.did, caveats=[caveat.NoDelegation()])
    entry = revocation.revoke(second, by=person(1), clock=lambda: NOW)
    claimed = read_presentation(admit(last.payload, second.unverified.symbols, Limits()))
    seeds = {name: person(number).did for number, name in ((1, "alice"), (2, "planner"), (3, "scout"))}
    p256 = P256Signer.from_scalar(b"\x04" * 32).public_key
    return {
        **{f"{name}-did": did for name, did in seeds.items()},
        "multikey-ed25519": multikey.encode(Ed25519Signer.from_seed(b"\x01" * 32).public_key),
        "multikey-p256": multikey.encode(p256),
        "did-p256": "did:key:" + multikey.to_multibase(p256),
        "link-1-datalog": block_text(*write(first.unverified_links[0])),
        "link-1-block": one.payload,
        "link-1-signed": block_payload(one.payload, one.next_key, None),
        "link-1-signature": one.signature,
        "link-1-message": one.encode(),
        "link-2-datalog": block_text(*write(second.unverified_links[1])),
        "link-2-block": two.payload,
        "link-2-signed": block_payload(two.payload, two.next_key, one.signature),
        "link-2-signature": two.signature,
        "link-jwk-datalog": block_text(*write(to_jwk.unverified_links[0])),
        "token-text": second.encode(),
        "presentation-datalog": block_text((), (claimed.check(),)),
        "presentation-block": last.payload,
        "presentation-signature": last.signature,
        "seal-signed": seal_payload(last),
        "seal-signature": presented.proof_bytes,
        "presentation-text": wire,
        "revocation-json": base64url_decode(entry.encode()).decode(),
        "revocation-signed": entry.statement(),
        "revocation-text": entry.encode(),
        "request-canonical": canonical_request(),
        "request-digest": the_request().digest(),
        "request-facts": "\n".join(
            f"{predicate_text(fact)};"
            for fact in Facts(the_request(), audience=AUDIENCE, now=int(NOW.timestamp()), depth=1).statements()
        ),
        "replay-name": hashlib.sha256(
            b"\0".join((AUDIENCE.encode(), Ed25519Signer.from_seed(b"\x03" * 32).public_key.data, claimed.id))
        ).digest(),
        "accounts": "\n".join(accounts(wire)),
        "spaced-account": clearing.name(second.unverified_links[1], caveat.Spaced("month").counter(), 0),
        **signed_lists(first, NOW),
        **approvals(),
        **macaroon_pages.examples(the_request()),
    }


def signed_lists(first: Token, now: datetime) -> dict[str, bytes | str]:
    """A revocation list and a lifecycle entry by alice, in each of their forms."""
    roll = revocation.Roll(person(1))
    roll.add(first)
    listed = roll.publish(clock=lambda: now)
    life = revocation.suspend(person(2).did, by=person(1), clock=lambda: now)
    return {
        "list-json": base64url_decode(listed.encode()).decode(),
        "list-signed": listed.statement(),
        "list-text": listed.encode(),
        "lifecycle-json": base64url_decode(life.encode()).decode(),
        "lifecycle-signed": life.statement(),
        "lifecycle-text": life.encode(),
    }


def approvals() -> dict[str, bytes | str]:
    """What alice is asked about scout's request, and what she signs."""
    asked = ApprovalRequest(
        approvers=(person(1).did,),
        threshold=1,
        audience=AUDIENCE,
        root=person(1).did,
        holder=person(3).did,
        request=the_request(),
    )
    signed = person(1, b"\x44").approve(asked)
    return {
        "approval-request-json": base64url_decode(asked.encode()).decode(),
        "approval-request-text": asked.encode(),
        "approval-message": asked.message(),
        "approval-json": base64url_decode(signed.encode()).decode(),
        "approval-signed": signed.statement(),
        "approval-text": signed.encode(),
        "approval-account": signed.account,
    }


def canonical_request() -> str:
    request = the_request()
    members = {"action": request.action, "args": dict(request.args), "resource": request.resource}
    text = json.dumps(members, separators=(",", ":"), sort_keys=True)
    assert hashlib.sha256(b"attorn request v1\0" + text.encode()).digest() == request.digest()
    return text


def accounts(wire: str) -> list[str]:
    class Recording(store.MemoryStore):
        """A store that tells which accounts it was asked to charge."""

        def charge(self, charges: Any, **others: Any) -> Any:
            seen.extend(charge.account for charge in charges)
            return super().charge(charges, **others)

    seen: list[str] = []
    Verifier(audience=AUDIENCE, roots=[person(1).did], clock=lambda: NOW, store=Recording()).authorize(
        wire, the_request()
    )
    return seen


EXAMPLES = examples()
NAMED = [fence for fence in fences("hex", "text", "datalog") if fence.name]


@pytest.mark.parametrize("fence", NAMED, ids=Fence.label)
def test_named_block_is_what_the_code_makes(fence: Fence) -> None:
    expected = EXAMPLES[fence.name]
    shown = expected.hex() if isinstance(expected, bytes) else expected
    if fence.kind == "datalog":
        assert fence.text.strip() == shown
    else:
        assert "".join(fence.text.split()) == "".join(shown.split()), "\n".join(textwrap.wrap(shown, 96))


def test_every_example_is_shown() -> None:
    assert set(EXAMPLES) == {fence.name for fence in NAMED}


def test_the_stock_compiler_makes_the_same_blocks() -> None:
    names = ("link-1", "link-2", "presentation")
    assert compiled(*(str(EXAMPLES[f"{name}-datalog"]) for name in names)) == tuple(
        EXAMPLES[f"{name}-block"] for name in names
    )


def test_the_example_is_permitted() -> None:
    verifier = Verifier(audience=AUDIENCE, roots=[person(1).did], clock=lambda: NOW + timedelta(seconds=5))
    assert verifier.authorize(str(EXAMPLES["presentation-text"]), the_request()).decision.allowed
    assert macaroon_pages.permitted(the_request())


def test_a_link_of_a_macaroon_says_what_one_of_a_biscuit_says() -> None:
    signed, block = EXAMPLES["macaroon-link-1-signed"], EXAMPLES["link-1-block"]
    assert isinstance(signed, bytes)
    assert isinstance(block, bytes)
    assert signed.endswith(block)


@pytest.mark.parametrize("fence", fences("caveat"), ids=Fence.label)
def test_caveat_is_written_as_its_datalog(fence: Fence) -> None:
    source, code = fence.text.split("\n", 1)
    written = made(source)
    check = written.resolved(NOW, 0).render()
    parts = ((check,), ()) if isinstance(check, Predicate) else ((), (check,))
    text = block_text(*parts)
    assert " ".join(code.split()) == text
    assert compiled(code) == (encode(*parts, ()),)
    if not isinstance(check, Predicate):
        assert recognise(check).render() == check
        assert not isinstance(recognise(check), caveat.Unrecognised)


def test_every_caveat_is_documented() -> None:
    bases = {"Caveat", "Counted", "Unrecognised"}
    sources = " ".join(fence.text.split("\n", 1)[0] for fence in fences("caveat"))
    documented = {name for name in caveat.__all__ if re.search(rf"\b{name}\(", sources)}
    assert documented == set(caveat.__all__) - bases


def made(source: str) -> caveat.Caveat:
    names = {name: getattr(caveat, name) for name in caveat.__all__} | {"datetime": datetime, "UTC": UTC}
    result = eval(source, names)
    assert isinstance(result, caveat.Caveat)
    return result


CASES = [(*case[:2], f'{{"args": {case[2]}}}') for case in lines("cases")] + lines("request-cases")


@pytest.mark.parametrize("case", CASES, ids=" | ".join)
def test_caveat_case(case: tuple[str, ...]) -> None:
    expected, source, text = case
    members = json.loads(text)
    around = {name: members.pop(name) for name in ("audience", "depth", "now") if name in members}
    if "cost" in members:
        members["cost"] = Money(*members["cost"])
    if "approved" in members:
        around["approved"] = frozenset(members.pop("approved"))
    if "attested" in members:
        said = members.pop("attested")
        around["attested"] = tuple(frozenset(Attested(by, frozenset(what)) for by, *what in each) for each in said)
    request = Request(**({"action": "a", "resource": "/"} | members))
    facts = Facts(request, **({"audience": AUDIENCE, "depth": 0, "now": 0} | around))
    assert ("permits" if made(source).prohibits(facts) is None else "prohibits") == expected.strip()


def in_order(values: frozenset[str] | None) -> list[str] | None:
    return None if values is None else sorted(values)


def or_none(function: Callable[[str], str], text: str) -> str | None:
    try:
        return function(text)
    except InputError:
        return None


DERIVATIONS: dict[str, Callable[[str], object]] = {
    "normalise": partial(or_none, resource.normalise),
    "ancestors": lambda text: sorted(resource.ancestors(resource.normalise(text))),
    "hosts": lambda text: in_order(url.hosts(text)),
    "address": address.address_bits,
    "network": partial(or_none, address.network_bits),
    "subpath": lambda text: in_order(filepath.subpaths(text)),
}


@pytest.mark.parametrize(("kind", "case"), [(kind, case) for kind in DERIVATIONS for case in lines(kind)], ids=str)
def test_derivation(kind: str, case: tuple[str, ...]) -> None:
    given, expected = case
    assert DERIVATIONS[kind](json.loads(given)) == json.loads(expected)


@pytest.mark.parametrize("case", lines("glob"), ids=" | ".join)
def test_glob_case(case: tuple[str, ...]) -> None:
    pattern, text, expected = map(json.loads, case)
    assert glob.matches(pattern, text) is expected


@pytest.mark.parametrize(
    "page",
    [
        "README.md",
        *(
            f"docs/{page}.md"
            for page in ("python", "events", "spec/agent", "spec/mandate-v01", "spec/capability", "adapters/oauth")
        ),
    ],
)
def test_python_blocks_run(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    blocks = [fence for fence in fences("python") if fence.page == page]
    assert blocks
    assert page != "README.md" or len(blocks[0].text.splitlines()) <= 15
    for fence in blocks:
        exec(compile(fence.text, page, "exec"), names)


def classes(root: type[AttornError]) -> Iterator[type[AttornError]]:
    """The errors with a code of their own, those of the HTTP adapter included."""
    if "code" in vars(root) and root.__module__.startswith("attorn."):
        yield root
    for child in root.__subclasses__():
        yield from classes(child)


def test_error_table_equals_the_classes() -> None:
    rows = re.findall(r"^\| `([a-z_]+)` \| `(\w+)` \| `(\w+)` \| ?(\d*) ?\|", page_text("docs/errors.md"), re.MULTILINE)
    expected = {
        (
            kind.code,
            kind.__name__,
            kind.__bases__[0].__name__,
            str(kind.default_step) if issubclass(kind, errors.VerificationError) else "",
        )
        for kind in classes(AttornError)
    }
    assert set(rows) == expected
    assert len({code for code, *_ in rows}) == len(rows)


def test_the_procedure_names_only_real_codes() -> None:
    named = set(
        re.findall(r"^\|.*\| `([a-z_]+)` \| (?:401|403|503) \|$", page_text("docs/spec/verification.md"), re.MULTILINE)
    )
    missing = {kind.code for kind in classes(errors.VerificationError)} - named
    # These are told to whoever hands something to a store or a receiver, or has a credential or a mandate checked, and
    # decide no presentation.
    told = {errors.RollbackError.code, errors.GapError.code, IssuerError.code}
    told |= {errors.CredentialError.code, errors.ProofError.code, errors.MandateError.code}
    # Proofs of other protocols have pages of their own.
    told |= {attorn.oauth.DpopError.code, attorn.oauth.DpopNonceError.code, attorn.oauth.TokenRequestError.code}
    assert missing == {"invalid", errors.MissingError.code} | told
    assert named <= {kind.code for kind in classes(AttornError)}


def test_every_public_name_is_explained() -> None:
    text = page_text("docs/python.md")
    for module in (attorn, attorn.caveat, attorn.store):
        assert [name for name in module.__all__ if not re.search(rf"\b{name}\b", text)] == []


def test_limits_table_equals_the_defaults() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| ([\d,]+)(?: s)? \|", page_text("docs/security.md"), re.MULTILINE))
    limits = Limits()
    values = {name: getattr(limits, name) for name in Limits.__dataclass_fields__}
    seconds = {name: value.total_seconds() for name, value in values.items() if isinstance(value, timedelta)}
    assert {name: int(value.replace(",", "")) for name, value in rows.items()} == values | seconds


def test_the_index_lists_every_page() -> None:
    listed = {
        (ROOT / "docs" / target).resolve()
        for target in re.findall(r"^- \[.+?\]\((.+?)\):", page_text("docs/index.md"), re.M)
    }
    assert {page.resolve() for page in PAGES} - {ROOT.resolve() / "docs" / "index.md"} <= listed


def page_text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target
