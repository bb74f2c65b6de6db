"""Steps 0 and 1 of `verify-mandate`: sizes, the text of a chain, headers, and what may be hidden."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .case import Case
from .jose import raw_signature
from .mandate_kit import Hop
from .mandate_scene import Chain, Purchase, Scene, recipe
from .testkit import url64
from .world import World

FORM = "docs/spec/mandate.md section Form: "
Recipe = Callable[[World], Case]


def paying(
    name: str, notes: str, attack: int | None, rule: str, verdict: tuple[str, int] | None, **chain: Any
) -> Recipe:
    """A payment whose chain differs in one point; `verdict` is its code and step, None where it is accepted."""
    return recipe(name, notes, attack, FORM + rule, verdict, purchase=Purchase(payment=Chain(**chain)))


def text(name: str, notes: str, attack: int, rule: str, edit: Callable[[str], str]) -> Recipe:
    """The usual payment, its finished text changed into something malformed."""

    def edited(asked: dict[str, Any], scene: Scene) -> dict[str, Any]:
        return {**asked, "mandate": edit(asked["mandate"])}

    return recipe(name, notes, attack, FORM + rule, MALFORMED, edit=edited)


def header(
    name: str, notes: str, attack: int | None, where: str, verdict: tuple[str, int] | None, **members: Any
) -> Recipe:
    """A member of the header of the root, or of the hop behind it."""
    rule = "2: alg is one of five; crit, b64, jwk, jku and x5u are refused"
    return paying(name, notes, attack, rule, verdict, **{where: {"header": members}})


MALFORMED, BAD, LONG = ("malformed", 1), ("bad_mandate", 1), ("limit_exceeded", 0)
JOINED = "SD-JWTs joined by ~~, and exactly one ~ behind the last"


def entries(scene: Scene, count: int) -> list[Any]:
    return [scene.merchant, *({"id": f"m{number}", "name": "m"} for number in range(count - 1))]


def cards(scene: Scene, count: int) -> list[Any]:
    return [scene.card, *({"id": f"c{number}", "type": "c"} for number in range(count - 1))]


def disclosures(name: str, notes: str, count: int, verdict: tuple[str, int] | None) -> Recipe:
    """Two lists, the content of the user's mandate and that of the closed one."""
    half = (count - 2) // 2

    def limits(scene: Scene, usual: list[Any]) -> list[Any]:
        return [scene.payees(*entries(scene, count - 2 - half)), scene.instruments(*cards(scene, half)), usual[2]]

    return paying(
        name, notes, None if verdict is None else 4, "0: at most 512 disclosures in all", verdict, limits=limits
    )


def handed_on(name: str, notes: str, hops: int, verdict: tuple[str, int] | None) -> Recipe:
    """So many hops, each within the one before it."""

    def middle(scene: Scene) -> list[dict[str, Any]]:
        return [{"to": (scene.sub, scene.agent)[number % 2]} for number in range(hops - 2)]

    def more(scene: Scene) -> dict[str, Any]:
        return {"redelegations": 31}

    purchase = Purchase(payment=Chain(middle=middle), input=more)
    attack = None if verdict is None else 66
    return recipe(name, notes, attack, FORM + "0: at most 32 hops", verdict, purchase=purchase)


def padded(shown: list[str]) -> list[str]:
    return [*shown[:-1], shown[-1] + "="]


def spaced(shown: list[str]) -> list[str]:
    return [*shown[:-1], shown[-1][:9] + "\n" + shown[-1][9:]]


def member_twice(scene: Scene) -> Hop:
    """The usual root with `typ` twice in its header."""
    usual = Purchase().paid(scene, scene.nonce)[0]
    head = url64(b'{"alg":"ES256","typ":"mandate+sd-jwt","typ":"mandate+sd-jwt"}')
    signed = f"{head}.{usual.jwt.split('.')[1]}"
    made = f"{signed}.{url64(raw_signature(scene.user, signed.encode()))}"
    return Hop(made, usual.disclosures, usual.content)


RECIPES: tuple[Recipe, ...] = (
    recipe("chain-payment", "user, agent, payment", None, FORM + JOINED, None),
    recipe("chain-checkout", "user, agent, order", None, FORM + JOINED, None, kind="checkout"),
    handed_on("form-thirty-two-hops", "as many as there may be", 32, None),
    handed_on("form-thirty-three-hops", "one hop too many", 33, LONG),
    disclosures("form-512-disclosures", "as many as there may be", 512, None),
    disclosures("form-513-disclosures", "one disclosure too many", 513, LONG),
    paying(
        "form-too-long",
        "over 262,144 characters",
        4,
        "0: at most 262,144 characters",
        LONG,
        closed={"note": "x" * 200_000},
    ),
    text(
        "form-no-last-separator",
        "the last ~ is missing",
        95,
        "1: exactly one ~ behind the last",
        lambda wire: wire[:-1],
    ),
    text(
        "form-two-last-separators",
        "another ~ at the end",
        12,
        "1: no empty part",
        lambda wire: wire + "~",
    ),
    text(
        "form-trailing-bytes",
        "something behind the last ~",
        12,
        "1: nothing behind the last ~",
        lambda wire: wire + "AAAA",
    ),
    text(
        "form-three-separators",
        "an empty part between two hops",
        97,
        "1: no empty part",
        lambda wire: wire.replace("~~", "~~~"),
    ),
    text(
        "form-joined-once",
        "one ~ between two hops",
        97,
        "1: SD-JWTs joined by ~~",
        lambda wire: wire.replace("~~", "~"),
    ),
    text(
        "form-white-space",
        "a line feed at the end",
        12,
        "1: nothing behind the last ~",
        lambda wire: wire + "\n",
    ),
    text("form-leading-separator", "a ~ in front", 97, "1: no empty part", lambda wire: "~" + wire),
    paying("form-padded-disclosure", "base64 with =", 44, "1: canonical base64url", MALFORMED, hop={"show": padded}),
    paying(
        "form-spaced-disclosure",
        "a line feed inside a disclosure",
        44,
        "1: canonical base64url",
        MALFORMED,
        hop={"show": spaced},
    ),
    paying(
        "form-member-twice",
        "typ is in the header twice",
        21,
        "1: every JSON text is parsed strictly",
        MALFORMED,
        root=member_twice,
    ),
    header("header-alg-none", "no algorithm", 15, "root", MALFORMED, alg="none"),
    header("header-alg-none-in-hop", "no algorithm in the closed mandate", 15, "hop", MALFORMED, alg="none"),
    header("header-alg-hs256", "a MAC by the public key", 16, "hop", MALFORMED, alg="HS256"),
    header("header-alg-missing", "no alg at all", 15, "hop", MALFORMED, alg=...),
    header("header-alg-lower-case", "es256", 15, "hop", MALFORMED, alg="es256"),
    header("header-hop-says-es384", "another algorithm than the key's", 17, "hop", BAD, alg="ES384"),
    header("header-hop-says-eddsa", "another algorithm than the key's", 17, "hop", BAD, alg="EdDSA"),
    header("header-crit", "a critical extension", 20, "hop", MALFORMED, crit=["exp"]),
    header("header-b64", "an unencoded payload", 20, "root", MALFORMED, b64=False),
    header("header-jku", "where to fetch a key", 19, "root", MALFORMED, jku="https://mallory.example/keys"),
    header("header-x5u", "where to fetch a certificate", 19, "hop", MALFORMED, x5u="https://mallory.example/cert"),
    paying(
        "header-jwk",
        "a key in the header",
        19,
        "2: jwk is refused",
        MALFORMED,
        root=lambda scene: {"header": {"jwk": scene.user.jwk}},
    ),
    header("header-x5c-at-root", "certificates at the root are passed over", None, "root", None, x5c=["AAAA"]),
    header("header-x5c-in-hop", "certificates in a hop", 19, "hop", BAD, x5c=["AAAA"]),
    header("header-kid-no-text", "kid is a number", 29, "root", MALFORMED, kid=1),
    header("header-too-long", "a header of over 16,384 characters", 2, "root", MALFORMED, x5c=["A" * 13_000]),
)
