"""`evaluate-caveat`: whether the checks of one block permit a request, without a chain around them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from attorn.biscuit.admission import admit
from attorn.canonical import JsonValue
from attorn.caveat.base import Caveat
from attorn.caveat.profile import recognise
from attorn.conformance import asked
from attorn.conformance.answer import Answer
from attorn.conformance.members import Members
from attorn.did.did import is_did
from attorn.errors import Denied, InputError, LimitError, NotAdmittedError
from attorn.limits import Limits
from attorn.macaroon import discharge
from attorn.macaroon.mac import ProvenCaveat
from attorn.request.attested import Attested
from attorn.request.facts import Facts
from attorn.token import discharge as grants
from attorn.token.presentation import words

_STEP: Final = 9


def evaluate(members: Members) -> Answer:
    """Nothing, if every check permits. Raises `VerificationError` for a block that a verifier does not take."""
    limits = Limits()
    as_block = members.has("block")
    if as_block is members.has("condition"):
        raise InputError("input: expected either a block or a condition")
    block = members.octets("block") if as_block else b""
    condition = "" if as_block else members.text("condition")
    known = facts(members)
    members.done()
    caveats = _of_block(block, limits) if as_block else _of_condition(condition, limits)
    if any(caveat.prohibits(known) is not None for caveat in caveats):
        return Answer(Denied.code, _STEP)
    return Answer()


def _of_block(payload: bytes, limits: Limits) -> Sequence[Caveat]:
    block = admit(payload, (), limits)
    if block.globs > limits.globs:
        raise LimitError(f"expected at most {limits.globs} patterns", step=1)
    if block.facts or not block.shaped:
        raise NotAdmittedError("expected checks, and nothing else")
    return [recognise(check) for check in block.shaped]


def _of_condition(text: str, limits: Limits) -> Sequence[Caveat]:
    """As if a discharge had no condition but this."""
    said = discharge.read([ProvenCaveat(b"", b"", (text.encode(errors="surrogatepass"),))], [1])
    return [caveat for _, caveat in grants.read(said.payloads, limits)]


def facts(members: Members) -> Facts:
    """What is known about the request that `members` describe, without a chain. Raises `InputError`."""
    return Facts(
        asked.request(members.inner("request")),
        audience=words(members.text("audience"), "audience"),
        now=members.second("now"),
        depth=_depth(members),
        approved=_dids(members.texts("approved"), "approved"),
        attested=tuple(map(_delegate, members.items("attested"))),
    )


def _depth(members: Members) -> int:
    depth = members.integer("depth", 0)
    if depth < 0:
        raise InputError("input: depth: expected a number from 0 on")
    return depth


def _dids(values: Sequence[str], name: str) -> frozenset[str]:
    if not all(map(is_did, values)):
        raise InputError(f"input: {name}: expected DIDs")
    return frozenset(values)


def _delegate(value: JsonValue) -> frozenset[Attested]:
    """What credentials say of one delegate."""
    if not isinstance(value, list):
        raise InputError("input: attested: expected a list for each delegate")
    return frozenset(map(_credential, value))


def _credential(value: JsonValue) -> Attested:
    members = Members(value, "input: attested: a credential")
    (by,) = _dids((members.text("by"),), "attested: by")
    found = Attested(by, frozenset(members.texts("says")))
    members.done()
    return found
