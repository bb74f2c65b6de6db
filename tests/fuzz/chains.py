"""Harnesses of chains of mandates: the text as it comes, and contents of any kind once they are signed and bound."""

from __future__ import annotations

import json
from collections.abc import Iterable
from random import Random
from typing import Any

from tests.fuzz import mutators
from tests.fuzz.harness import Harness, Refusal, accepted, joined, parts_of, require, text_of, tried
from tests.unit import mandate_scene as scene

from attorn.errors import AttornError, InputError, StaleError, VerificationError
from attorn.mandate import content, redacting, verifying, wire
from attorn.mandate.constraint.base import Asked, Usage
from attorn.mandate.hop import UnverifiedHop
from attorn.mandate.open_payment import OpenPayment
from attorn.mandate.payment import ClosedPayment

_REFUSED = (VerificationError,)
_DECIDING = {"vct", "cnf", "iat", "exp", "nbf", "constraints", "attorn"}
_CREDENTIALS = ["com.emvco.dpc"]
_SIGNERS = (scene.USER, scene.AGENT, scene.SUB)


def _text(data: bytes) -> bool:
    text = text_of(data)
    parts = accepted(lambda: wire.split(text), *_REFUSED)
    require(wire.join(parts) == text, "another chain")
    for part in parts:
        hop = tried(lambda part=part: UnverifiedHop.read(part), *_REFUSED)
        if hop is not None:
            require(len(hop.disclosed) == len(part.disclosures), "a disclosure that stands nowhere")
            require(len(hop.id) == 43 and len(hop.sd_hash) >= 43, "no name")
    found = accepted(lambda: scene.check(text, credentials=_CREDENTIALS), *_REFUSED, StaleError)
    _require_sound(found)
    for other in ({"audience": "another"}, {"nonce": "another"}, {"anchors": [scene.MALLORY.jwk]}):
        _require_refused(text, bound=found.hops[-1].audience is not None, **other)
    return True


def _require_sound(found: verifying.VerifiedChain) -> None:
    """What no input may make of a chain that was accepted."""
    require(found.closed is not None and not any(hop.holder is None for hop in found.hops[:-1]), "no chain")
    require(found.human_present is not bool(found.opens), "present and absent")
    require(len({hop.id for hop in found.hops}) == len(found.hops), "one hop twice")
    for before, after in zip(found.hops, found.hops[1:], strict=False):
        require(after.signer == (before.holder and before.holder.key), "signed by a stranger")
        require(after.audience and after.nonce, "for nobody")
        ends = (before.times.ends, after.times.ends)
        require(None in ends or (ends[1] or 0) <= (ends[0] or 0), "it outlives the one before it")
    for hop in found.opens:
        require(hop.times.ends is not None, "for ever")
    closed = found.closed
    if isinstance(closed, ClosedPayment):
        asked = Asked(payment=closed, now=scene.NOW, open_checkouts=frozenset({"c-hash"}), usage=Usage())
        for hop in found.opens:
            require(isinstance(hop.content, OpenPayment), "a payment under a checkout")
            if isinstance(hop.content, OpenPayment):
                tuple(violation.explain() for violation in hop.content.violations(asked))


def _require_refused(text: str, *, bound: bool, **changed: Any) -> None:
    try:
        scene.check(text, credentials=_CREDENTIALS, **changed)
    except AttornError:
        return
    require(not bound and "anchors" not in changed, "good for anybody", changed)


def _contents(data: bytes) -> bool:
    """Each part is a content; they are signed, each by the holder that the one before should name, and bound."""
    parts = parts_of(data, 3)
    contents = [_value(part) for part in parts]
    text = ""
    for number, (value, signer) in enumerate(zip(contents, _SIGNERS, strict=False)):
        text = scene.follow(text, value, by=signer) if number else scene.root(value, by=signer)
    found = accepted(lambda: scene.check(text), *_REFUSED)
    _require_sound(found)
    require(len(found.hops) == len(parts), "another number of hops")
    for hop, value in zip(found.hops, contents, strict=True):
        require(isinstance(value, dict) and hop.content is not None, "no content")
        written = hop.content.write() if hop.content is not None else {}
        again = content.read({**value, **written}, (), (), verifying.Unit.MINOR)
        require(again == hop.content, "what was read is not what is written")
    _redact(text)
    return True


def _redact(text: str) -> None:
    """Whoever keeps something back gets nothing that was not there, and a chain that the next hop does not follow."""
    last = UnverifiedHop.read(wire.split(text)[-1])
    for path in last.disclosed:
        if not path:
            continue
        less = tried(lambda path=path: redacting.redact(text, [path]), InputError)
        if less is not None:
            shown = tried(lambda less=less: scene.check(less), *_REFUSED)
            require(shown is None or shown.hops[-1].id == scene.check(text).hops[-1].id, "another mandate")


def _value(part: bytes) -> Any:
    try:
        value = json.loads(part)
    except (ValueError, RecursionError):
        raise Refusal from None
    if value is None:
        # The scene takes None for a content of its own.
        raise Refusal
    return value


def _parts(data: bytes, random: Random) -> bytes:
    """A chain with one of its parts changed by what it holds, dropped, repeated or moved."""
    parts = data.split(b"~")
    at = random.randrange(len(parts))
    match random.randrange(10):
        case 0:
            parts.insert(random.randrange(len(parts) + 1), parts[at])
        case 1:
            del parts[at]
        case 2:
            parts.append(b"")
        case 3 | 4 if b"." not in parts[at]:
            parts[at] = mutators.base64url(mutators.json_text)(parts[at], random)
        case _:
            pieces = parts[at].split(b".")
            which = random.randrange(len(pieces))
            pieces[which] = mutators.base64url(mutators.json_text)(pieces[which], random)
            parts[at] = b".".join(pieces)
    return b"~".join(parts)


def _texts() -> Iterable[bytes]:
    allowing = scene.root(scene.opened(attorn={"redelegations": 1}))
    yield scene.follow(scene.root()).encode()
    yield scene.follow(scene.follow(allowing, scene.opened(scene.SUB)), by=scene.SUB).encode()
    yield scene.follow(scene.root(scene.shopping()), scene.ordered()).encode()
    yield scene.root(scene.paid(iat=scene.NOW), aud=scene.AUDIENCE, nonce=scene.NONCE).encode()
    credential = {"vct": _CREDENTIALS[0], "cnf": scene.AGENT.cnf, "delegate_payload": ...}
    yield scene.follow(scene.sd_jwt(None, by=scene.USER, typ="dc+sd-jwt", disclosures=[], **credential)).encode()


def _seeds() -> Iterable[bytes]:
    def content_of(value: Any) -> bytes:
        return json.dumps(value).encode()

    allowing = scene.opened(attorn={"redelegations": 1}, payee=scene.SHOP)
    yield joined(content_of(scene.opened()), content_of(scene.paid()))
    yield joined(content_of(allowing), content_of(scene.opened(scene.SUB, payee=scene.SHOP)), content_of(scene.paid()))
    yield joined(content_of(scene.shopping()), content_of(scene.ordered()))
    yield content_of(scene.paid(iat=scene.NOW, execution_date="2030-03-18", risk_data={"score": 1.5}))
    pisp = {"legal_name": "P", "brand_name": "P", "domain_name": "p.example"}
    every = [
        *scene.opened()["constraints"],
        {"type": "payment.allowed_payment_instruments", "allowed": [scene.CARD]},
        {"type": "payment.allowed_pisps", "allowed": [pisp]},
        {"type": "payment.budget", "currency": "USD", "max": 90000},
        {"type": "payment.agent_recurrence", "frequency": "DAILY", "max_occurrences": 3},
        {"type": "payment.execution_date", "not_before": "2030-01-01", "not_after": "2030-12-31T00:00:00Z"},
    ]
    yield joined(content_of(scene.opened(constraints=every, pisp=pisp)), content_of(scene.paid(pisp=pisp)))
    merchants = {"type": "checkout.allowed_merchants", "allowed": [scene.SHOP]}
    yield joined(content_of(scene.shopping(constraints=[scene.ITEMS, merchants])), content_of(scene.ordered()))
    did = {**scene.AGENT.cnf, "did": scene.AGENT.did}
    yield joined(content_of(scene.opened(cnf=did, nbf=0)), content_of(scene.paid(exp=scene.NOW + 9, nbf=0)))


HARNESSES = (
    Harness("mandate-chain", "identity; bound to one audience, nonce and anchor; no hop by a stranger", _text, _texts,
            "attorn.mandate.wire:split", "attorn.mandate.wire:join", _parts, size=8192),
    Harness("mandate-signed", "signed; equal values; whoever shows less has no other mandate", _contents, _seeds,
            "attorn.mandate.content:read", None, mutators.each_part(mutators.json_text), size=8192),
)  # fmt: skip
