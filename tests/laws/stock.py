"""The stock Biscuit engine's verdict on a grant, given the facts that any verifier supplies."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from biscuit_auth import AuthorizationError, AuthorizerBuilder, Biscuit, PublicKey
from tests.caveats.kit import Situation
from tests.laws.scene import Grant, claim, use

from attorn.biscuit.admission import admit
from attorn.biscuit.text import block_text
from attorn.datalog import Check, Predicate, octets
from attorn.encoding import base64url_decode
from attorn.limits import Limits
from attorn.request.facts import Asked


def stock_permits(held: Grant, situation: Situation) -> bool:
    """Whether it finds every signature genuine and every check true. Anything but a verdict is an error."""
    wire, request = use(held, situation)
    said = claim(situation, request)
    key = held.root.key.data
    root = PublicKey(f"{'ed25519' if len(key) == 32 else 'secp256r1'}/{key.hex()}")
    token = Biscuit.from_bytes(base64url_decode(wire), root)
    facts = situation.facts(held.delegates)
    statements = [*facts.statements(*_asked(held)), Predicate("nonce", (octets(said.id),))]
    return _judged(_patient(block_text(tuple(statements), ())).build(token))


def stock_finds(check: Check, situation: Situation) -> bool:
    """Whether it finds one check true of a request. The check asks for no pattern, approval or credential."""
    known = block_text(tuple(situation.facts().statements()), (check,))
    return _judged(_patient(known).build_unauthenticated())


def _patient(code: str) -> Any:
    """With limits that no honest check reaches: its own are missed on a busy machine."""
    authorizer: Any = AuthorizerBuilder(f"{code}allow if true;")
    limits = authorizer.limits()
    limits.max_time, limits.max_facts = timedelta(seconds=5), 100_000
    authorizer.set_limits(limits)
    return authorizer


def _judged(authorizer: Any) -> bool:
    try:
        return bool(authorizer.authorize() == 0)
    except AuthorizationError as error:
        if "the following checks failed" in str(error):
            return False
        raise


def _asked(held: Grant) -> tuple[list[tuple[str, str]], list[tuple[int, frozenset[str]]], list[Asked]]:
    """What the chain's checks ask about: patterns, approvals and credentials; read from its blocks as anybody would."""
    globs: list[tuple[str, str]] = []
    approvals: list[tuple[int, frozenset[str]]] = []
    attested: list[Asked] = []
    known: tuple[str, ...] = ()
    for block in held.carrier.blocks:
        content = admit(block.payload, known, Limits())
        known += content.symbols
        predicates = [each for check in content.checks for query in check for each in query.body]
        globs += [(str(each.terms[0][1]), str(each.terms[1][1])) for each in predicates if each.name == "glob"]
        approved: list[Any] = [each.terms for each in predicates if each.name == "approved"]
        approvals += [(many[1], _texts(dids)) for many, dids in approved]
        said: list[Any] = [each.terms for each in predicates if each.name == "attested"]
        attested += [(who[1] == "every", _texts(by), frozenset().union(*map(_texts, what))) for who, by, *what in said]
    return globs, approvals, attested


def _texts(of: Any) -> frozenset[str]:
    """The members of a set of texts."""
    return frozenset(text for _, text in of[1])
