"""Steps 2 to 5 of `verify-mandate`: whose root it is, who signed each hop, and what each was made for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import mandate_kit as kit
from .case import Case
from .jose import raw_signature
from .mandate_kit import Hop
from .mandate_scene import Chain, Purchase, Scene, Verdict, recipe
from .testkit import P256_ORDER, url64
from .world import World

Recipe = Callable[[World], Case]
BAD, LINK = ("bad_mandate", 1), ("broken_chain", 5)
FORGED, FORGED_ROOT, STRANGER = ("bad_signature", 4), ("bad_signature", 3), ("untrusted_root", 2)
HOPS = "docs/spec/mandate.md section Hops: "
ON = "docs/spec/mandate.md section Handing on: "
TYP, CNF = "the typ of a hop says whether its content has cnf", "cnf is one P-256 key, and no second way to name it"
CLAIMS = "iat, aud, nonce and exactly one of the two hashes are required"


def paying(
    name: str,
    notes: str,
    attack: int | None,
    spec: str,
    verdict: Verdict,
    *,
    input: Any = None,
    reasons: tuple[str, ...] = (),
    **chain: Any,
) -> Recipe:
    """A payment whose chain, or whose verifier, differs in one point."""
    purchase = Purchase(payment=Chain(**chain), input={} if input is None else input)
    return recipe(name, notes, attack, spec, verdict, purchase=purchase, reasons=reasons)


def hop(name: str, notes: str, attack: int | None, rule: str, verdict: Verdict, **how: Any) -> Recipe:
    """The closed mandate, made in another way."""
    return paying(name, notes, attack, HOPS + rule, verdict, hop=how)


def claim(name: str, notes: str, attack: int | None, verdict: Verdict, **claims: Any) -> Recipe:
    """The claims beside the content of the closed mandate."""
    return hop(f"claims-{name}", notes, attack, CLAIMS, verdict, claims=claims)


def by(name: str) -> Callable[[Scene], dict[str, Any]]:
    return lambda scene: {"by": getattr(scene, name)}


def of_jwt(scene: Scene) -> dict[str, Any]:
    """Bound to the JWT of the root, and not to what was shown of it."""
    return {"claims": {"sd_hash": ..., "issuer_jwt_hash": kit.hashed(_root(scene).jwt)}}


def of_both(scene: Scene) -> dict[str, Any]:
    return {"claims": {"issuer_jwt_hash": kit.hashed(_root(scene).jwt)}}


def _root(scene: Scene) -> Hop:
    return Purchase().paid(scene, scene.nonce)[0]


def hash_of_less(scene: Scene) -> dict[str, Any]:
    """Made for the root with one disclosure fewer."""
    root = _root(scene)
    return {"claims": {"sd_hash": Hop(root.jwt, root.disclosures[1:], root.content).sd_hash}}


def tail(asked: dict[str, Any], scene: Scene) -> dict[str, Any]:
    """The closed mandate alone, to a verifier that trusts the agent, too."""
    last = asked["mandate"].rpartition("~~")[2]
    return {**asked, "mandate": last, "anchors": [scene.user.jwk, scene.agent.jwk]}


def redacted(asked: dict[str, Any], scene: Scene) -> dict[str, Any]:
    """One payee fewer is shown than when the agent signed."""
    first, shop, _, *rest = asked["mandate"].split("~")
    return {**asked, "mandate": "~".join((first, shop, *rest))}


def other_half(asked: dict[str, Any], scene: Scene) -> dict[str, Any]:
    """The last signature with the other s, which is as good."""
    head, separator, last = asked["mandate"].rpartition("~~")
    jwt, rest = last.split("~", 1)
    signed = jwt.rpartition(".")[0]
    raw = raw_signature(scene.agent, signed.encode())
    high = raw[:32] + (P256_ORDER - int.from_bytes(raw[32:], "big")).to_bytes(32, "big")
    return {**asked, "mandate": f"{head}{separator}{signed}.{url64(high)}~{rest}"}


def der_signature(asked: dict[str, Any], scene: Scene) -> dict[str, Any]:
    head, separator, last = asked["mandate"].rpartition("~~")
    jwt, rest = last.split("~", 1)
    signed = jwt.rpartition(".")[0]
    return {**asked, "mandate": f"{head}{separator}{signed}.{url64(scene.agent.sign(signed.encode()))}~{rest}"}


def spliced(asked: dict[str, Any], scene: Scene) -> dict[str, Any]:
    """The closed mandate under another open one of the same user for the same agent, which allows more."""
    wider = Purchase(payment=Chain(limits=lambda scene, usual: [scene.range(max=2**40), *usual[1:]]))
    other, _ = wider.question(scene, "payment")
    return {**asked, "mandate": other["mandate"].rpartition("~~")[0] + "~~" + asked["mandate"].rpartition("~~")[2]}


def cut(asked: dict[str, Any], scene: Scene) -> dict[str, Any]:
    """The hop in the middle is gone."""
    first, _, last = asked["mandate"].split("~~")
    return {**asked, "mandate": f"{first}~~{last}"}


def behind_closed(asked: dict[str, Any], scene: Scene) -> dict[str, Any]:
    """Another hop behind the closed mandate, which names no holder."""
    last = asked["mandate"].rpartition("~~")[2]
    jwt, *shown = last.rstrip("~").split("~")
    before = Hop(jwt, tuple(shown), "")
    claims = {"iat": scene.now, "aud": scene.w.audience, "nonce": scene.nonce, "sd_hash": before.sd_hash}
    content = {"vct": "mandate.payment.1", "transaction_id": kit.hashed(scene.offer()), "payee": scene.merchant}
    paid = {"payment_amount": {"amount": scene.total, "currency": "USD"}, "payment_instrument": scene.card}
    header = {"typ": "kb+sd-jwt"}
    more = kit.hop(scene.w, "behind", {**content, **paid}, by=scene.agent, header=header, claims=claims)
    return {**asked, "mandate": asked["mandate"] + "~" + more.text}


def chain(
    name: str,
    notes: str,
    attack: int | None,
    rule: str,
    verdict: Verdict,
    *,
    edit: Callable[[dict[str, Any], Scene], Any],
    **parts: Any,
) -> Recipe:
    """The usual payment, its hops put together in another way."""
    purchase = Purchase(payment=Chain(**parts))
    return recipe(name, notes, attack, HOPS + rule, verdict, edit=edit, purchase=purchase)


RECIPES: tuple[Recipe, ...] = (
    hop("typ-other-spelling", "kb-sd-jwt", None, TYP, None, header={"typ": "kb-sd-jwt"}),
    hop(
        "typ-intermediate", "a closed mandate of the type of an open one", 22, TYP, BAD, header={"typ": "kb+sd-jwt+kb"}
    ),
    hop("typ-missing", "no typ in a hop", 22, TYP, BAD, header={"typ": ...}),
    hop(
        "typ-of-key-binding",
        "kb+jwt, a key binding that stands for nothing here",
        22,
        TYP,
        BAD,
        header={"typ": "kb+jwt"},
    ),
    paying(
        "typ-root-any",
        "the SDK's own typ at the root",
        None,
        HOPS + TYP,
        None,
        root={"header": {"typ": "example+sd-jwt"}},
    ),
    paying("typ-root-missing", "no typ at the root", None, HOPS + TYP, None, root={"header": {"typ": ...}}),
    paying(
        "typ-root-of-a-hop",
        "a root of the type of a hop",
        22,
        HOPS + "a root that was made as a hop is refused",
        BAD,
        root={"header": {"typ": "kb+sd-jwt+kb"}},
    ),
    chain(
        "tail",
        "the closed mandate alone, to who trusts the agent",
        58,
        "a root that was made as a hop is refused",
        BAD,
        edit=tail,
    ),
    paying(
        "root-with-hash",
        "a root that names one before it",
        58,
        HOPS + "a root that was made as a hop is refused",
        BAD,
        root={"claims": {"sd_hash": kit.hashed("x")}},
    ),
    claim("no-iat", "when it was made is not said", 100, BAD, iat=...),
    claim("no-aud", "for nobody", 100, BAD, aud=...),
    claim("no-nonce", "without a nonce", 100, BAD, nonce=...),
    claim("aud-list", "a list of audiences", 100, BAD, aud=["did:web:a.example"]),
    claim("aud-empty", "an empty audience", 100, BAD, aud=""),
    claim("nonce-number", "a number as nonce", 100, BAD, nonce=5),
    claim("iat-text", "iat as text", 57, BAD, iat="1790000000"),
    claim("iat-fraction", "iat with a fraction", 57, BAD, iat=1.5),
    claim("no-hash", "bound to nothing", 96, ("bad_mandate", 5), sd_hash=...),
    paying("claims-both-hashes", "bound in two ways", 96, HOPS + CLAIMS, ("bad_mandate", 5), hop=of_both),
    paying(
        "hash-of-jwt",
        "issuer_jwt_hash instead of sd_hash",
        None,
        HOPS + "issuer_jwt_hash is over the JWT alone",
        None,
        hop=of_jwt,
    ),
    chain(
        "hash-of-jwt-redacted",
        "then a payee may still be kept back",
        None,
        "issuer_jwt_hash is over the JWT alone",
        None,
        edit=redacted,
        hop=of_jwt,
    ),
    chain(
        "redacted",
        "a payee kept back after the agent signed",
        96,
        "sd_hash is over the SD-JWT as it is shown",
        LINK,
        edit=redacted,
    ),
    paying(
        "hash-of-less",
        "made for other disclosures than are shown",
        96,
        HOPS + "sd_hash is over the SD-JWT as it is shown",
        LINK,
        hop=hash_of_less,
    ),
    hop(
        "jwt-hash-of-another",
        "issuer_jwt_hash of another JWT",
        58,
        "issuer_jwt_hash is over the JWT alone",
        LINK,
        claims={"sd_hash": ..., "issuer_jwt_hash": kit.hashed("x")},
    ),
    chain(
        "spliced",
        "under a wider mandate for the same agent",
        58,
        "sd_hash is over the SD-JWT before it",
        LINK,
        edit=spliced,
    ),
    chain(
        "hop-cut-out",
        "the sub-agent's mandate is gone",
        59,
        "each hop by the key of the one before it",
        FORGED,
        edit=cut,
        open={"attorn": {"redelegations": 1}},
        middle=({},),
    ),
    chain(
        "behind-closed",
        "a hop behind a closed mandate",
        59,
        "each hop by the key of the one before it",
        LINK,
        edit=behind_closed,
    ),
    paying(
        "root-by-another",
        "mallory signs as the user",
        75,
        HOPS + "none of those that can be meant signed",
        FORGED_ROOT,
        root=by("mallory"),
    ),
    paying(
        "closed-by-user",
        "the user signs what the agent should",
        64,
        HOPS + "each hop by the key of the one before it",
        FORGED,
        hop=by("user"),
    ),
    paying(
        "closed-by-another",
        "mallory signs as the agent",
        114,
        HOPS + "each hop by the key of the one before it",
        FORGED,
        hop=by("mallory"),
    ),
    chain(
        "signature-other-half",
        "s or n - s, both are taken",
        None,
        "an ECDSA signature has another that is as good",
        None,
        edit=other_half,
    ),
    chain(
        "signature-der",
        "a signature in DER",
        42,
        "each hop by the key of the one before it",
        FORGED,
        edit=der_signature,
    ),
)
