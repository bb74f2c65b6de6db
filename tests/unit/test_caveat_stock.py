"""A second opinion on the cases of `evaluate-caveat`: the stock engine, given the same block and the same facts.

It has no say about a check that stands for no caveat, which attorn prohibits and it runs; nor about what only a ledger
could tell it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from biscuit_auth import AuthorizationError, AuthorizerBuilder, Biscuit, PublicKey
from vectors import caveat_families
from vectors import testkit as kit
from vectors.case import Case
from vectors.world import World

from attorn.biscuit.admission import admit
from attorn.biscuit.text import block_text
from attorn.caveat.counted import Counted
from attorn.caveat.profile import recognise
from attorn.caveat.unrecognised import Unrecognised
from attorn.conformance.evaluation import facts
from attorn.conformance.members import Members
from attorn.datalog import Predicate
from attorn.encoding import base64url_decode
from attorn.limits import Limits
from attorn.request.facts import Asked, Facts

ASKED = ("request", "audience", "now", "depth", "approved", "attested")
CASES = {case.name: case for case in (recipe(World(b"stock")) for recipe in caveat_families.RECIPES)}


def judged(case: Case) -> bool:
    return case.code in {"ok", "denied"} and "block" in case.input


def predicates(payload: bytes) -> list[Predicate]:
    checks = admit(payload, (), Limits()).checks
    return [predicate for check in checks for query in check for predicate in query.body]


def text_set(term: Any) -> frozenset[str]:
    return frozenset(str(value) for _, value in term[1])


def statements(known: Facts, payload: bytes) -> list[Predicate]:
    """The facts, and the answers to what the checks ask."""
    asking = predicates(payload)
    globs = [(str(each.terms[0][1]), str(each.terms[1][1])) for each in asking if each.name == "glob"]
    approvals = [(int(str(each.terms[0][1])), text_set(each.terms[1])) for each in asking if each.name == "approved"]
    return known.statements(globs, approvals, [attestation(each) for each in asking if each.name == "attested"])


def attestation(asking: Predicate) -> Asked:
    (_, who), dids, *said = asking.terms
    return who == "every", text_set(dids), frozenset(text for term in said for text in text_set(term))


def stock_permits(payload: bytes, known: Facts) -> bool:
    """What the stock engine says of a token of this one block."""
    by, holder = World(b"stock").key("alice"), World(b"stock").key("bob")
    signed = kit.sign(by, payload, holder, None)
    token = Biscuit.from_bytes(kit.container([signed], kit.pb(1, holder.seed)), PublicKey(f"ed25519/{by.data.hex()}"))
    authorizer: Any = AuthorizerBuilder(block_text(tuple(statements(known, payload)), ()) + "allow if true;")
    limits = authorizer.limits()
    limits.max_time, limits.max_facts = timedelta(seconds=5), 100_000
    authorizer.set_limits(limits)
    try:
        return bool(authorizer.build(token).authorize() == 0)
    except AuthorizationError as error:
        if "the following checks failed" not in str(error):
            raise
        return False


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if judged(case)])
def test_the_stock_engine_agrees(name: str) -> None:
    case = CASES[name]
    payload = base64url_decode(case.input["block"])
    caveats = [recognise(check) for check in admit(payload, (), Limits()).shaped]
    unknown = any(isinstance(caveat, Unrecognised) for caveat in caveats)
    assert unknown is ("caveats.md section 3" in case.spec)
    if unknown:
        assert case.code == "denied"
        return
    told = {member: case.input[member] for member in ASKED if member in case.input}
    permits = stock_permits(payload, facts(Members(told)))
    assert permits is (case.code == "ok" and not any(isinstance(caveat, Counted) for caveat in caveats))
