"""Steps 1 to 3 and 7 of `verify-mandate`: the key that a mandate is for, and the anchors that a chain begins with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from . import mandate_kit as kit
from .case import Case
from .jose import method
from .mandate_kit import Hop
from .mandate_link_cases import BAD, FORGED_ROOT, HOPS, STRANGER, Recipe, paying
from .mandate_scene import Chain, Purchase, Scene, Verdict, recipe
from .testkit import Key
from .world import World

CNF = "cnf is one P-256 key, and no second way to name it"


def holder(name: str, notes: str, attack: int | None, verdict: Verdict, cnf: Callable[[Scene], Any]) -> Recipe:
    """The user's mandate names its holder in another way."""
    return paying(f"cnf-{name}", notes, attack, HOPS + CNF, verdict, open=lambda scene: {"cnf": cnf(scene)})


def jwk(**members: Any) -> Callable[[Scene], Any]:
    return lambda scene: {"jwk": {**scene.agent.jwk, **members}}


def anchored(name: str, notes: str, attack: int | None, verdict: Verdict, asked: Any, **root: Any) -> Recipe:
    """Other anchors, or a root that names its key."""
    rule = "an anchor is a key, a JWK or a DID; its key decides the algorithm"
    return paying(f"anchor-{name}", notes, attack, HOPS + rule, verdict, input=asked, **root)


def anchors(*found: Any) -> Callable[[Scene], dict[str, Any]]:
    return lambda scene: {"anchors": [each(scene) if callable(each) else each for each in found]}


def by_ed25519(scene: Scene) -> dict[str, Any]:
    return {"by": scene.w.key("alice")}


def credential(scene: Scene, **changed: Any) -> Hop:
    """A credential of the user by an issuer, with nothing to disclose."""
    claims = {"vct": "com.example.wallet", "cnf": {"jwk": scene.agent.jwk}, "iat": scene.made, **changed}
    body = kit.without({**claims, "exp": scene.made + 3600})
    return Hop(kit.jws(body, by=scene.user, typ="dc+sd-jwt"), (), "")


WALLET = {"credentials": ["com.example.wallet"]}


def rooted(
    name: str, notes: str, attack: int | None, verdict: Verdict, asked: Mapping[str, Any], **changed: Any
) -> Recipe:
    """A payment mandate signed by the holder of a credential."""
    rule = "a credential is taken as a root only if its vct is one that the verifier names"
    purchase = Purchase(
        payment=Chain(root=lambda scene: credential(scene, **changed)), input={**asked, "checkout": ...}
    )

    def shown(asked: dict[str, Any], scene: Scene) -> dict[str, Any]:
        # The holder is the user, who is there: the checkout alone will do.
        return {**asked, "checkout": scene.offer()}

    made = recipe(f"credential-{name}", notes, attack, HOPS + rule, verdict, purchase=purchase, edit=shown)
    if verdict is not None:
        return made

    def present(w: World) -> Case:
        case = made(w)
        return Case(
            case.name,
            case.operation,
            notes,
            attack,
            case.spec,
            case.input,
            result={**case.result, "human_present": True},
        )

    return present


def user_web(scene: Scene) -> str:
    return f"did:web:{scene.w.word('web', 'alice')}.example"


def compressed(key: Key) -> dict[str, Any]:
    """A JWK whose y is that of another point."""
    return {**key.jwk, "y": key.jwk["x"]}


RECIPES: tuple[Recipe, ...] = (
    holder("use-sig", "for signatures", None, None, jwk(use="sig")),
    holder("use-enc", "for encryption", 23, BAD, jwk(use="enc")),
    holder("private", "with the private key", 25, BAD, jwk(d="AAAA")),
    holder("kid-beside", "two names for a key", 114, BAD, lambda scene: {"jwk": scene.agent.jwk, "kid": "k"}),
    holder("jkt-beside", "a thumbprint beside the key", 114, BAD, lambda scene: {"jwk": scene.agent.jwk, "jkt": "x"}),
    holder("kid-alone", "no key, only its name", 86, BAD, lambda scene: {"kid": method(scene.agent)}),
    holder("ed25519", "a key of Ed25519", 17, BAD, lambda scene: {"jwk": scene.w.key("planner").jwk}),
    holder("off-curve", "x and y of no point", 18, BAD, lambda scene: {"jwk": compressed(scene.agent)}),
    holder("no-object", "cnf as text", 114, BAD, lambda scene: "the agent"),
    holder(
        "did", "a DID that lists the key", None, None, lambda scene: {"jwk": scene.agent.jwk, "did": scene.agent.did}
    ),
    holder(
        "did-of-another",
        "a DID that does not list the key",
        28,
        ("unresolved_principal", 7),
        lambda scene: {"jwk": scene.agent.jwk, "did": scene.mallory.did},
    ),
    holder(
        "did-unknown",
        "a DID that does not resolve",
        40,
        ("unresolved_principal", 7),
        lambda scene: {"jwk": scene.agent.jwk, "did": user_web(scene)},
    ),
    holder("did-no-did", "a did that is none", 29, BAD, lambda scene: {"jwk": scene.agent.jwk, "did": "agent"}),
    anchored("did", "the user's DID", None, None, anchors(lambda scene: scene.user.did)),
    anchored(
        "several",
        "one of three",
        None,
        None,
        anchors(lambda scene: scene.mallory.jwk, lambda scene: scene.sub.did, lambda scene: scene.user.did),
    ),
    anchored("none", "nobody is trusted", 119, STRANGER, anchors()),
    anchored(
        "another",
        "another is trusted, of the same kind of key",
        75,
        FORGED_ROOT,
        anchors(lambda scene: scene.mallory.jwk),
    ),
    anchored(
        "another-algorithm",
        "only a key of Ed25519 is trusted",
        17,
        STRANGER,
        anchors(lambda scene: scene.w.key("alice").jwk),
    ),
    anchored(
        "ed25519",
        "a root by Ed25519",
        None,
        None,
        anchors(lambda scene: scene.user.jwk, lambda scene: scene.w.key("alice").jwk),
        root=by_ed25519,
    ),
    anchored("unresolved", "a DID that does not resolve", 40, ("unresolved_principal", 3), anchors(user_web)),
    anchored(
        "kid",
        "the name of the key",
        None,
        None,
        anchors(lambda scene: {**scene.user.jwk, "kid": "u-1"}),
        root={"header": {"kid": "u-1"}},
    ),
    anchored(
        "kid-of-another",
        "the name of another key",
        28,
        STRANGER,
        anchors(lambda scene: {**scene.user.jwk, "kid": "u-1"}),
        root={"header": {"kid": "u-2"}},
    ),
    anchored(
        "kid-of-another-did",
        "a key of another DID",
        28,
        STRANGER,
        anchors(lambda scene: scene.user.did),
        root=lambda scene: {"header": {"kid": method(scene.mallory)}},
    ),
    rooted("named", "a wallet's credential, whose holder pays", None, None, WALLET),
    rooted("not-named", "a credential that nobody asked for", 75, BAD, {}),
    rooted("another-vct", "another vct", 75, BAD, WALLET, vct="com.example.library"),
    rooted("no-holder", "a credential without cnf", 86, BAD, WALLET, cnf=...),
)
