"""Chains of mandates: two hops and their constraints beside raw ES256 and the sd-jwt library, and what a hop costs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise
from time import process_time
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwcrypto.jwk import JWK
from sd_jwt.verifier import SDJWTVerifier
from tests.benchmarks.measure import Case, Timing, interleaved, repeated, slope
from tests.benchmarks.rows import Row
from tests.unit import mandate_scene as scene

from attorn.mandate.constraint import Asked, Usage
from attorn.mandate.constraint.budget import Unit
from attorn.mandate.head import Heads
from attorn.mandate.known_keys import KnownKeys
from attorn.mandate.open_payment import OpenPayment
from attorn.mandate.payment import ClosedPayment
from attorn.mandate.policy import Policy
from attorn.mandate.verifying import closed_chain, require_bound

HOPS = (2, 3, 5, 9)
RAW = "raw ES256, 2 verifications"
RAW_BUILT = "raw ES256, 2 verifications, the second with a key just built"
LIBRARY = "sd-jwt, each of 2 hops, hash and constraint by hand"
AGENT_KNOWN = "attorn, 2 hops and their constraints, the agent's key known"
KNOWN = "attorn, 2 hops and their constraints, the user's mandate known"
BATCH = 20


def attorn_hops(hops: int) -> str:
    return f"attorn, {hops} hops and their constraints"


def chain(hops: int) -> str:
    """A chain of so many hops, by another agent each."""
    agents = [scene.AGENT, *(scene.party(2000 + number) for number in range(hops - 2))]
    text = scene.root(scene.opened(attorn={"redelegations": hops}))
    for number, (by, to) in enumerate(pairwise(agents)):
        content = scene.opened(to, attorn={"redelegations": hops - number - 1})
        text = scene.follow(text, content, by=by)
    return scene.follow(text, by=agents[-1])


def verify(policy: Policy, text: str, heads: Heads | None = None) -> object:
    """Signatures, bindings, times, narrowing, audience and nonce, and every constraint of every open hop."""
    found = closed_chain(text, policy, scene.NOW, heads)
    require_bound(found, audience=scene.AUDIENCE, nonce=scene.NONCE, unbound=policy.unbound)
    if not isinstance(found.closed, ClosedPayment):
        raise RuntimeError("the chain of the scenario is of a payment")
    asked = Asked(payment=found.closed, now=scene.NOW, open_checkouts=frozenset({"c-hash"}), usage=Usage())
    if any(hop.content.violations(asked) for hop in found.opens if isinstance(hop.content, OpenPayment)):
        raise RuntimeError("the payment of the scenario is allowed")
    return found


def raw(text: str) -> list[tuple[ec.EllipticCurvePublicKey, bytes, bytes]]:
    """Keys, DER signatures and messages of a chain of two hops, ready to be verified."""
    found = []
    for part, by in zip(text.split("~~"), (scene.USER, scene.AGENT), strict=True):
        message, _, signature = part.split("~")[0].rpartition(".")
        octets = scene.unb64(signature)
        r, s = (int.from_bytes(half, "big") for half in (octets[:32], octets[32:]))
        found.append((by.private.public_key(), encode_dss_signature(r, s), message.encode()))
    return found


def verify_raw(signed: Sequence[tuple[ec.EllipticCurvePublicKey, bytes, bytes]]) -> None:
    for key, signature, message in signed:
        key.verify(signature, message, ec.ECDSA(SHA256()))


def verify_raw_built(signed: Sequence[tuple[ec.EllipticCurvePublicKey, bytes, bytes]], point: bytes) -> None:
    """As `verify_raw`, but the second key is the one at `point`: in the chain it comes with the first hop."""
    key, signature, message = signed[0]
    key.verify(signature, message, ec.ECDSA(SHA256()))
    built = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    built.verify(*signed[1][1:], ec.ECDSA(SHA256()))


def verify_by_library(text: str) -> None:
    """Two hops by sd-jwt 0.10.4: signature and disclosures; then `sd_hash`, audience, nonce and the range by hand."""
    segments = [f"{each}~" for each in text[:-1].split("~~")]
    key: Any = JWK(**scene.USER.jwk)
    claims: list[dict[str, Any]] = []
    for segment in segments:
        claims.append(SDJWTVerifier(segment, lambda *_, key=key: key).get_verified_payload())
        content = claims[-1]["delegate_payload"][0]
        if "cnf" in content:
            key = JWK(**content["cnf"]["jwk"])
    for before, after in pairwise(zip(segments, claims, strict=True)):
        if after[1]["sd_hash"] != scene.b64(hashlib.sha256(before[0].encode()).digest()):
            raise RuntimeError("not bound")
    last, limit = claims[-1], claims[0]["delegate_payload"][0]["constraints"][0]
    amount = last["delegate_payload"][0]["payment_amount"]["amount"]
    if (last["aud"], last["nonce"]) != (scene.AUDIENCE, scene.NONCE) or amount > limit["max"]:
        raise RuntimeError("not for this verifier")


def timings(rounds: int) -> dict[str, Timing]:
    """Microseconds by side."""
    policy = Policy.of(anchors=[scene.USER.jwk], unit=Unit.MINOR)
    texts = {hops: chain(hops) for hops in HOPS}
    for text in texts.values():
        verify(policy, text)
    verify_by_library(texts[2])
    heads = Heads(1)
    verify(policy, texts[2], heads)
    forgetful = replace(policy, keys=KnownKeys(0))
    case = partial(Case, batch=BATCH, clock=process_time)
    signed = raw(texts[2])
    point = signed[1][0].public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    cases = [
        case(RAW, repeated(signed), verify_raw),
        case(RAW_BUILT, repeated(signed), partial(verify_raw_built, point=point)),
        *(case(attorn_hops(hops), repeated(texts[hops]), partial(verify, forgetful)) for hops in HOPS),
        case(AGENT_KNOWN, repeated(texts[2]), partial(verify, policy)),
        case(KNOWN, repeated(texts[2]), partial(verify, policy, heads=heads)),
        case(LIBRARY, repeated(texts[2]), verify_by_library),
    ]
    return interleaved(cases, rounds)


def rows(found: Mapping[str, Timing]) -> list[Row]:
    """Two hops against their signatures and the library, and whether a hop costs the same wherever it stands."""
    two, floor, library = found[attorn_hops(2)], found[RAW], found[LIBRARY]
    rise, deviation = slope([(float(hops), found[attorn_hops(hops)].median) for hops in HOPS])
    return [
        Row(
            name="verify 2 hops and constraints / 2 raw ES256 verifications",
            value=two.over(floor),
            unit="x",
            must=2.0,
            stretch=1.5,
            absolute=f"{two.median:.0f} us over {floor.median:.0f} us",
        ),
        Row(
            name="the same / 2 raw ES256 verifications, the agent's key built there, too",
            value=two.over(found[RAW_BUILT]),
            unit="x",
            absolute=f"{two.median:.0f} us over {found[RAW_BUILT].median:.0f} us",
        ),
        Row(
            name="the agent's key read before / 2 raw ES256 verifications",
            value=found[AGENT_KNOWN].over(floor),
            unit="x",
            absolute=f"{found[AGENT_KNOWN].median:.0f} us over {floor.median:.0f} us",
        ),
        Row(
            name="the user's mandate verified before / the 1 raw verification left",
            value=found[KNOWN].median / (floor.median / 2),
            unit="x",
            absolute=f"{found[KNOWN].median:.0f} us over {floor.median / 2:.0f} us",
        ),
        Row(
            name="verify 2 hops and constraints / sd-jwt, hop by hop",
            value=two.over(library),
            unit="x",
            absolute=f"{two.median:.0f} us over {library.median:.0f} us",
        ),
        Row(
            name="one more hop / one raw ES256 verification",
            value=rise / (floor.median / 2),
            unit="x",
            absolute=f"{rise:.0f} us over {floor.median / 2:.0f} us",
        ),
        Row(
            name="hops: largest deviation from a straight line",
            value=deviation * 100,
            unit="%",
            absolute=f"{HOPS[0]} to {HOPS[-1]} hops, {len(json.dumps(chain(2))) - 2} characters for 2",
        ),
    ]
