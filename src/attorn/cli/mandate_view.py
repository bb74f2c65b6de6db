"""`attorn mandate show`, and mandates in words and in JSON, verified or not."""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Mapping
from typing import Final

from attorn.canonical import JsonValue, canonicalise
from attorn.checkout.checkout import Checkout
from attorn.checkout.signed import read as read_checkout
from attorn.cli import mandate_terms
from attorn.cli.command import Commands, Result, command
from attorn.cli.inspection import colour
from attorn.cli.mandate_words import cart, cart_json, limits, party, passed_over
from attorn.clock import written
from attorn.display import Colour, line, painted, shown
from attorn.encoding import base64url_encode
from attorn.errors import ChainError, CredentialError, LimitError, MalformedError, MandateError, VerificationError
from attorn.keys import jwk
from attorn.keys.ec_key import EcKey
from attorn.mandate import allowance, wire
from attorn.mandate.agent_key import CLAIM as CONFIRMATION
from attorn.mandate.agent_key import AgentKey
from attorn.mandate.anchor import RootKey
from attorn.mandate.constraint.budget import Unit
from attorn.mandate.content import Content, read
from attorn.mandate.hop import UnverifiedHop
from attorn.mandate.order import ClosedCheckout
from attorn.mandate.times import Times
from attorn.mandate.verified import VerifiedChain, VerifiedHop
from attorn.status import TokenReference

_UNVERIFIED: Final = "UNVERIFIED: this is what the bytes claim; nobody has checked a signature, a date or a revocation"


def add(family: Commands) -> None:
    """Add `show` to the forms of `mandate`."""
    parser = command(
        family,
        "show",
        "draw what a mandate claims, and what of it is kept back; verifies nothing",
        _show,
    )
    parser.add_argument("token", metavar="MANDATE", help=mandate_terms.HOW_GIVEN)
    mandate_terms.add_claim(parser)


def vct_of(content: Content) -> str:
    """The type of a mandate."""
    return str(content.write()["vct"])


def draw(chain: VerifiedChain) -> str:
    """A verified chain: who authorised what through whom, and every limit."""
    return "\n".join(row for hop in chain.hops for row in _verified(hop))


def chain_json(chain: VerifiedChain) -> dict[str, JsonValue]:
    """The same for machines."""
    return {
        "human_present": chain.human_present,
        "kind": "payment" if chain.is_payment else "checkout",
        "expires": _stamp(chain.expires),
        "hops": [_hop_json(hop) for hop in chain.hops],
    }


def signer_of(hop: VerifiedHop) -> str:
    """Who signed a hop: a DID, or a bare key by its thumbprint."""
    return _name(hop.did, hop.signer)


def _verified(hop: VerifiedHop) -> list[str]:
    holder = None if hop.holder is None else _name(hop.holder.did, hop.holder.key)
    what = "credential" if hop.content is None else vct_of(hop.content)
    rows = [f"  {hop.position} {line(signer_of(hop))}" + ("" if holder is None else f" -> {line(holder)}")]
    details = [what]
    if hop.content is not None:
        details += [f"only   {each}" if hop.holder is not None else each for each in limits(hop.content)]
    if hop.redelegations:
        details.append(f"may be handed on: {hop.redelegations}")
    details += _when(hop.times)
    if hop.audience is not None:
        details.append(f"for    {line(hop.audience)}")
    if hop.status is not None:
        details.append(f"status {line(hop.status.uri)}#{hop.status.index}")
    return rows + [f"      {each}" for each in details]


def _hop_json(hop: VerifiedHop) -> dict[str, JsonValue]:
    holder: JsonValue = None
    if hop.holder is not None:
        holder = {"did": hop.holder.did, "thumbprint": _thumbprint(hop.holder.key)}
    return {
        "position": hop.position,
        "id": hop.id,
        "signer": {"did": hop.did, "thumbprint": _thumbprint(hop.signer)},
        "holder": holder,
        "content": None if hop.content is None else hop.content.write(),
        "limits": [] if hop.content is None else list[JsonValue](limits(hop.content)),
        "redelegations": hop.redelegations,
        "until": _stamp(hop.times.ends),
        "audience": hop.audience,
        "nonce": hop.nonce,
        "status": None if hop.status is None else {"uri": hop.status.uri, "index": hop.status.index},
    }


def _name(did: str | None, key: RootKey) -> str:
    return f"the key {_thumbprint(key)}" if did is None else did


def _thumbprint(key: RootKey) -> str:
    """The JWK thumbprint of a key (RFC 7638)."""
    members = key.write() if isinstance(key, EcKey) else {**jwk.to_jwk(key)}
    return base64url_encode(hashlib.sha256(canonicalise(members)).digest())


def _show(arguments: argparse.Namespace) -> Result:
    text = mandate_terms.mandate_text(arguments.token)
    hops = [UnverifiedHop.read(part, claim=arguments.claim) for part in wire.split(text)]
    rows = [painted(_UNVERIFIED, Colour.RED, colour())]
    said: list[JsonValue] = []
    for position, hop in enumerate(hops, 1):
        told, data = _unverified(position, hop)
        rows += told
        said.append(data)
    if hops[-1].is_open:
        rows.append("Open: of no use without its holder's private key.")
    return Result("\n".join(rows), {"verified": False, "hops": said})


def _unverified(position: int, hop: UnverifiedHop) -> tuple[list[str], dict[str, JsonValue]]:
    vct = (hop.claims if hop.content is None else hop.content).get("vct")
    envelope = hop.envelope
    rows = [f"  {position} {_claim(vct)}"]
    said, meant = _said(hop)
    details = [f"signed by {envelope.alg}{'' if envelope.kid is None else f', kid {line(envelope.kid)}'}", *said]
    source = hop.claims if hop.content is None else hop.content
    if CONFIRMATION in source:
        details.append(_holder(source[CONFIRMATION]))
    details += [f"{name:<6} {_claim(hop.claims[name])}" for name in ("aud", "nonce") if name in hop.claims]
    details += [_status(claims) for claims in (hop.claims, hop.content or {}) if "status" in claims]
    parts = ["/".join(map(str, path)) for path in hop.disclosed if path]
    details.append(f"parts that can be kept back: {len(parts)} shown, {len(hop.hidden)} not")
    details += [f"  {line(each)}" for each in parts]
    data: dict[str, JsonValue] = {
        "position": position,
        "id": hop.id,
        "sd_hash": hop.sd_hash,
        "alg": envelope.alg,
        "typ": envelope.typ,
        "kid": envelope.kid,
        "claims": {name: value for name, value in hop.claims.items() if "delegate_payload" not in name},
        "content": hop.content,
        **meant,
        "disclosed": [list(path) for path in hop.disclosed],
        "redacted": [list(path) for path in hop.hidden],
    }
    return rows + [f"      {each}" for each in details], data


def _said(hop: UnverifiedHop) -> tuple[list[str], dict[str, JsonValue]]:
    """What the content means, and for how long; where no verifier would take it, why."""
    if hop.content is None:
        return ["a credential, whose holder may sign what follows"], {"limits": []}
    try:
        found = read(hop.content, hop.disclosed, hop.hidden, Unit.MINOR)
        times = Times.read(hop.claims, hop.content)
        handed = allowance.read(hop.content, 0)
        offer = _offer(found, hop)
    except (MandateError, MalformedError, CredentialError, LimitError, ChainError) as error:
        return [f"refused by every verifier: {line(str(error))}"], {"limits": []}
    rows = limits(found, hop.hidden)
    more = [] if offer is None else _unsigned(offer)
    more += [f"may be handed on: {handed}"] if handed else []
    more += [*_when(times), *passed_over(found, hop.content)]
    data: dict[str, JsonValue] = {"limits": list[JsonValue](rows)}
    return [*rows, *more], data if offer is None else {**data, "cart": cart_json(offer)}


def _offer(content: Content, hop: UnverifiedHop) -> Checkout | None:
    """The cart in an order, whoever signed it. Raises `MalformedError`, `LimitError`, `ChainError`."""
    if not isinstance(content, ClosedCheckout) or content.unverified_jwt is None:
        return None
    found = read_checkout(content.unverified_jwt).unverified
    content.require_hash(hop.algorithm)
    return found


def _unsigned(checkout: Checkout) -> list[str]:
    shop = "" if checkout.merchant is None else f" of {line(party(checkout.merchant))}"
    return [f"checkout {line(checkout.id)}{shop}", *(f"  {each}" for each in cart(checkout))]


def _holder(cnf: JsonValue) -> str:
    try:
        found = AgentKey.read(cnf)
    except VerificationError as error:
        return f"holder refused: {line(str(error))}"
    return f"to     {line(_name(found.did, found.key))}"


def _status(claims: Mapping[str, JsonValue]) -> str:
    try:
        found = TokenReference.read(claims)
    except VerificationError as error:
        return f"status refused: {line(str(error))}"
    return f"status {line(found.uri)}#{found.index}"


def _claim(value: JsonValue) -> str:
    return line(value) if isinstance(value, str) else shown(value)


def _when(times: Times) -> list[str]:
    said = (("made", times.issued), ("from", times.starts), ("until", times.ends))
    return [f"{name:<6} {written(second)}" for name, second in said if second is not None]


def _stamp(second: int | None) -> str | None:
    return None if second is None else written(second)
