"""AP2 v0.1: the objects, their credentials, who may have signed them, and AP2's own signatures."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from . import mandate_kit as kit
from .jose import method
from .moments import stamp
from .purchase_cases import ITEMS, PAID, USER_PAYS, Recipe
from .purchase_scene import Scene, as_proof, bare, digest, recipe
from .testkit import Key, url64

BAD, CREDENTIAL, FORGED = ("bad_mandate", 1), ("bad_credential", 4), ("bad_signature", 4)
HELD = "2: of its form, with one subject, whose members are known"
TRUSTED = "3: a signer that is not trusted for what it signed"
OWN = "4: where a mandate has one it must hold"


def read(name: str, notes: str, attack: int, **deal: Any) -> Recipe:
    """An object that is none of AP2's."""
    return recipe(f"object-{name}", notes, attack, "1: reading is strict", BAD, **deal)


def held(name: str, notes: str, attack: int, verdict: tuple[str, int | None], **deal: Any) -> Recipe:
    """A credential of another form."""
    return recipe(f"credential-{name}", notes, attack, HELD, verdict, **deal)


def value(number: Any) -> dict[str, Any]:
    """The amount of an item."""
    return {f"{ITEMS}.0.amount.value": number}


def forged_jws(document: Any, by: Key, scene: Scene) -> str:
    return kit.jws(document, by=scene.mallory, cty="vc", kid=method(by), typ="vc+jwt")


def forged_proof(document: Any, by: Key, scene: Scene) -> str:
    made = json.loads(as_proof(document, scene.mallory, scene))
    made["proof"]["verificationMethod"] = method(by)
    return json.dumps(made, separators=(",", ":"))


def as_sd_jwt(document: Any, by: Key, scene: Scene) -> str:
    return kit.jws(document, by=by, cty="vc", kid=method(by), typ="vc+sd-jwt") + "~"


def as_text(document: Any, by: Key, scene: Scene) -> str:
    """With digits behind those that a double keeps."""
    body = kit.jcs(document).replace(
        b'"value":%d' % (scene.price + 9), b'"value":%d.00000000000000001' % (scene.price + 9)
    )
    return kit.jws(body, by=by, cty="vc", kid=method(by), typ="vc+jwt")


def two_subjects(scene: Scene) -> list[Any]:
    subject = {"type": "IntentMandate", "mandate": scene.intent, "id": scene.agent.did}
    return [subject, {**subject, "id": scene.mallory.did}]


def status(scene: Scene) -> dict[str, Any]:
    return {
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "5",
        "statusListCredential": "https://lists.example/1",
    }


def merchant_jwt(*, by: str = "shop", life: int = 600, age: int = 10, **changed: Any) -> Callable[[Scene], str]:
    """`merchant_authorization` of the usual cart."""

    def made(scene: Scene) -> str:
        claims = {
            "iss": scene.shop.did,
            "sub": scene.shop.did,
            "aud": scene.w.audience,
            "iat": scene.now - age,
            "exp": scene.now - age + life,
            "jti": url64(scene.w.octets("v0.1 jti", 16)),
            "cart_hash": bare(scene.cart["contents"]),
            **changed,
        }
        return kit.jws(kit.without(claims), by=getattr(scene, by), kid=method(scene.shop), typ="JWT")

    return made


def shop_signs(name: str, notes: str, attack: int | None, verdict: tuple[str, int] | None, **jwt: Any) -> Recipe:
    """A cart that the merchant signed in AP2's own way, too."""
    cart = {"merchant_authorization": merchant_jwt(**jwt)}
    return recipe(f"merchant-authorization-{name}", notes, attack, OWN, verdict, cart=cart)


def user_text(*, by: str = "user", bound: bool = True, cart: Any = None, **changed: Any) -> Callable[[Scene], str]:
    """`user_authorization` of the usual cart and payment: a credential of the user's own, bound to both."""

    def made(scene: Scene) -> str:
        claims = {"vct": "https://wallet.example/payer", "iss": scene.user.did, "exp": scene.now + 3600}
        holder = {"cnf": {"kid": method(scene.user)}}
        issued = kit.jws({**claims, **holder}, by=scene.user, kid=method(scene.user), typ="dc+sd-jwt") + "~"
        hashes = [bare(scene.cart if cart is None else cart), bare(scene.payment[PAID])]
        told = {"iat": scene.now, "aud": scene.w.audience, "nonce": scene.nonce, "sd_hash": kit.hashed(issued)}
        binding = kit.jws({**told, "transaction_data": hashes, **changed}, by=getattr(scene, by), typ="kb+jwt")
        return issued + binding if bound else issued

    return made


def user_signs(
    name: str, notes: str, attack: int | None, verdict: tuple[str, int] | None, *, nonce: bool = True, **text: Any
) -> Recipe:
    """A payment by the agent that the user signed in AP2's own way."""

    def asked(scene: Scene) -> dict[str, Any]:
        return {"nonce": scene.nonce} if nonce else {}

    payment = {"user_authorization": user_text(**text)}
    name = f"user-authorization-{name}"
    return recipe(name, notes, attack, OWN, verdict, present=True, payment=payment, asked=asked)


RECIPES: tuple[Recipe, ...] = (
    read("unknown-member", "a member that AP2 does not name", 115, intent={"max_amount": 5}),
    read("missing-member", "no description", 115, intent={"natural_language_description": ...}),
    read("no-merchants", "an empty list: nobody, or anybody", 115, intent={"merchants": []}),
    read("no-zone", "an expiry without a zone", 57, intent={"intent_expiry": "2099-01-01T00:00:00"}),
    read("null", "null where AP2 has none", 115, cart={"contents.user_cart_confirmation_required": None}),
    read("number-as-text", "an amount as text", 111, cart=value("110")),
    read("too-precise", "a tenth of a cent", 111, cart=value(19.999)),
    read("negative", "an amount below 0", 111, cart=value(-1)),
    read("currency-case", "usd", 111, cart={f"{ITEMS}.0.amount.currency": "usd"}),
    read("human-present", "a member that says that the user is there", 117, payment={f"{PAID}.human_present": True}),
    recipe(
        "object-digits",
        "digits that no double keeps",
        111,
        "1: in a signed text a number has no more digits than a double keeps",
        BAD,
        secure={"payment": as_text},
    ),
    held("no-agent", "an intent for nobody", 114, BAD, documents={"intent": {"credentialSubject.id": ...}}),
    held(
        "another-type",
        "a payment where the cart should be",
        22,
        BAD,
        edit=lambda asked, scene: {**asked, "cart": asked["payment"]},
        by={"payment": "shop"},
    ),
    held(
        "follows-in-intent",
        "an intent that follows something",
        109,
        BAD,
        documents={"intent": {"credentialSubject.follows": digest({})}},
    ),
    held(
        "follows-no-digest",
        "a digest of another form",
        109,
        BAD,
        documents={"payment": {"credentialSubject.follows": "sha-512:AAAA"}},
    ),
    held("two-subjects", "two agents", 114, BAD, documents={"intent": {"credentialSubject": two_subjects}}),
    held("no-end", "no validUntil", 69, BAD, documents={"cart": {"validUntil": ...}}),
    held("sd-jwt", "an SD-JWT, of which something could be kept back", 115, BAD, secure={"cart": as_sd_jwt}),
    held(
        "over",
        "a credential that ended 301 seconds ago",
        112,
        ("outside_validity", 6),
        documents={
            "payment": {
                "validUntil": lambda scene: stamp(scene.now - 301),
                "validFrom": lambda scene: stamp(scene.now - 900),
            }
        },
    ),
    held(
        "status",
        "a status that nobody looks up",
        107,
        ("stale_status", None),
        documents={"cart": {"credentialStatus": status}},
    ),
    held("forged", "a cart by mallory in the merchant's name", 113, CREDENTIAL, secure={"cart": forged_jws}),
    held("forged-proof", "the same with a proof", 113, ("bad_proof", 4), secure={"cart": forged_proof}),
    recipe("signer-of-intent", "an intent by mallory", 113, TRUSTED, CREDENTIAL, by={"intent": "mallory"}),
    recipe("signer-of-cart", "a cart by mallory", 113, TRUSTED, CREDENTIAL, by={"cart": "mallory"}),
    recipe(
        "signer-of-payment",
        "a payment by an agent that the intent does not name",
        113,
        TRUSTED,
        CREDENTIAL,
        by={"payment": "mallory"},
    ),
    recipe(
        "signer-none",
        "an agent's own intent, and its payment",
        113,
        "3: neither a user's intent nor a user's signature",
        ("untrusted_root", 2),
        by={"intent": "agent"},
    ),
    recipe(
        "signer-no-users", "nobody is trusted as a user", 119, TRUSTED, CREDENTIAL, asked={"users": []}, **USER_PAYS
    ),
    shop_signs("good", "the merchant's own JWT", None, None),
    shop_signs("another-cart", "over another cart", 109, ("broken_chain", 5), cart_hash=bare({})),
    shop_signs("another-audience", "for somebody else", 83, ("wrong_audience", 8), aud="did:web:another.example"),
    shop_signs("over", "ended 301 seconds ago", 112, ("outside_validity", 6), age=901),
    shop_signs("too-long", "good for 15 minutes and a second", 112, BAD, life=901),
    shop_signs("no-jti", "without jti", 112, BAD, jti=...),
    shop_signs("another-claim", "with another claim", 115, BAD, scope="all"),
    shop_signs("forged", "by mallory", 113, FORGED, by="mallory"),
    user_signs("good", "the user is there, and the agent sends it", None, None),
    user_signs("another-cart", "over another cart", 109, ("broken_chain", 5), cart={"contents": {}}),
    user_signs("not-bound", "without its key binding", 113, ("not_holder", 8), bound=False),
    user_signs("by-another", "bound by mallory", 113, ("not_holder", 8), by="mallory"),
    user_signs("no-nonce", "to who handed out no nonce", 82, ("not_holder", 8), nonce=False),
    user_signs("another-audience", "for somebody else", 83, ("wrong_audience", 8), aud="did:web:another.example"),
    read("too-large", "2**53 minor units", 111, cart=value(90_071_992_547_409.92)),
    read("many-merchants", "129 merchants", 4, intent={"merchants": [f"shop {number}" for number in range(129)]}),
    read("long-text", "a description of 4,097 characters", 4, intent={"natural_language_description": "x" * 4097}),
    read("empty-text", "an empty name", 115, cart={"contents.id": ""}),
    held(
        "no-type",
        "a credential that is no cart by its type",
        22,
        BAD,
        documents={"cart": {"type": ["VerifiableCredential", "PaymentMandateCredential"]}},
    ),
    held(
        "subject-type",
        "a subject that is no cart by its type",
        22,
        BAD,
        documents={"cart": {"credentialSubject.type": "PaymentMandate"}},
    ),
    held("mandate-text", "a mandate that is text", 115, BAD, documents={"cart": {"credentialSubject.mandate": "cart"}}),
)
