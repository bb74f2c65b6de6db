"""Step 10 of `verify-mandate`: what counts once, and what was charged to every open mandate before."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from .jose import raw_signature
from .mandate_link_cases import Recipe, of_jwt
from .mandate_scene import Chain, Purchase, Scene, Verdict, recipe
from .testkit import P256_ORDER, url64
from .world import World

ONCE = "docs/spec/mandate.md section Accepting: in one step of the ledger, all or none"
COUNTED = "docs/spec/constraints.md section Counting: charged to every open mandate of its chain"
REPLAYED, DENIED = ("replayed", 10), ("denied", 10)
Change = Callable[[dict[str, Any], Scene], dict[str, Any]]


def long(scene: Scene) -> dict[str, Any]:
    """Open mandates that live for years."""
    return {"exp": scene.made + 4000 * 86_400}


def handed(scene: Scene) -> dict[str, Any]:
    return {**long(scene), "attorn": {"redelegations": 1}}


def buy(number: int = 1, **chain: Any) -> Purchase:
    """A purchase of a cart of its own."""
    order = Chain(open=long)
    return Purchase(order, Chain(**{"open": long, **chain}), lambda scene: scene.cart(id=f"chk-{number}"))


def often(total: int = 0, times: int = 2, **recurrence: Any) -> Callable[[Scene], list[Any]]:
    """A budget for so many purchases and a bit, and a recurrence."""
    return lambda scene: [scene.budget(max=scene.total * times + total), scene.recurrence(**recurrence)]


Earlier = tuple[Purchase, int, str | None]


def shown(scene: Scene, kind: str, earlier: Iterable[Earlier]) -> list[dict[str, Any]]:
    """What was shown before: each purchase, so long after the user's mandate was made, with its nonce or the usual."""
    found = []
    for purchase, after, nonce in earlier:
        then = Scene(scene.w, scene.made + after, scene.made)
        asked, _ = purchase.question(then, kind, nonce)
        names = ("kind", "mandate", "nonce", "now", "checkout")
        found.append({name: asked[name] for name in names if name in asked})
    return found


def used(
    name: str,
    notes: str,
    attack: int | None,
    spec: str,
    verdict: Verdict,
    *,
    then: Purchase | None = None,
    before: tuple[Earlier, ...] = (),
    after: int = 0,
    reasons: tuple[str, ...] = (),
    kind: str = "payment",
    edit: Change | None = None,
    clock: Callable[[World], tuple[int, int]] | None = None,
) -> Recipe:
    """`then`, so many seconds `after` the user's mandate was made, when the others were shown `before`."""

    def edited(asked: dict[str, Any], scene: Scene) -> dict[str, Any]:
        found = {**asked, "before": shown(scene, kind, before)}
        return found if edit is None else edit(found, scene)

    return recipe(
        f"use-{name}",
        notes,
        attack,
        spec,
        verdict,
        kind=kind,
        purchase=then or buy(),
        reasons=reasons,
        edit=edited,
        clock=clock or (lambda w: (w.now + after, w.now)),
    )


def itself(asked: dict[str, Any], scene: Scene) -> dict[str, Any]:
    """The very question once before."""
    names = ("kind", "mandate", "nonce", "now", "checkout")
    return {**asked, "before": [{name: asked[name] for name in names if name in asked}]}


def looked_at(asked: dict[str, Any], scene: Scene) -> dict[str, Any]:
    return {**itself(asked, scene), "check": True}


def high(jwt: str, scene: Scene, by: str) -> str:
    """A JWS with the other half of s."""
    signed = jwt.rpartition(".")[0]
    raw = raw_signature(getattr(scene, by), signed.encode())
    s = (P256_ORDER - int.from_bytes(raw[32:], "big")).to_bytes(32, "big")
    return f"{signed}.{url64(raw[:32] + s)}"


def other_half(asked: dict[str, Any], scene: Scene) -> dict[str, Any]:
    """Used before; now its last signature has the other s."""
    head, separator, last = asked["mandate"].rpartition("~~")
    jwt, rest = last.split("~", 1)
    return {**itself(asked, scene), "mandate": f"{head}{separator}{high(jwt, scene, 'agent')}~{rest}"}


def redacted(asked: dict[str, Any], scene: Scene) -> dict[str, Any]:
    """Used before; now a payee is kept back."""
    first, shop, _, *rest = asked["mandate"].split("~")
    return {**itself(asked, scene), "mandate": "~".join((first, shop, *rest))}


def elsewhere(asked: dict[str, Any], scene: Scene) -> dict[str, Any]:
    """What came before, came to another verifier."""
    return {**asked, "before": [{**each, "audience": "did:web:other.example"} for each in asked["before"]]}


def aimed(purchase: Purchase) -> Purchase:
    """For that verifier."""
    claims = {"claims": {"aud": "did:web:other.example"}}
    changed = {**vars(purchase.payment), "hop": claims}
    return Purchase(purchase.order, Chain(**changed), purchase.document)


def ordered_before(asked: dict[str, Any], scene: Scene) -> dict[str, Any]:
    """The order was shown to the same verifier, with the same nonce."""
    order, _ = buy().question(scene, "checkout")
    return {**asked, "before": [{name: order[name] for name in ("kind", "mandate", "nonce", "now")}]}


def by_sibling(key: str, *, own: int = 0) -> Callable[[Scene], list[dict[str, Any]]]:
    """Handed on to this agent; with `own`, as much of the budget."""

    def middle(scene: Scene) -> list[dict[str, Any]]:
        def limits(above: list[Any]) -> list[Any]:
            return [{**each, "max": scene.total * own} if own and "budget" in each["type"] else each for each in above]

        return [{"to": scene.w.key(key, 1), "limits": limits}]

    return middle


def sibling(number: int, key: str, *, total: int = 0, times: int = 2, own: int = 0) -> Purchase:
    middle = by_sibling(key, own=own)
    return buy(number, open=handed, more=often(total, times), middle=middle, hop=lambda s: {"by": s.w.key(key, 1)})


def resigned(scene: Scene) -> str:
    """The same cart, whose signature has the other s: another hash, and the same cart."""
    return high(scene.offer(scene.cart(id="chk-1")), scene, "shop")


FIRST = (buy(), 0, "first")
OFTEN = often()
RECIPES: tuple[Recipe, ...] = (
    used("again", "the same mandate twice", 112, ONCE, REPLAYED, edit=itself),
    used("looked-at", "looking at a mandate that was used consumes nothing", None, ONCE, None, edit=looked_at),
    used("other-half", "the same with the other half of s", 43, ONCE, REPLAYED, edit=other_half),
    used(
        "redacted",
        "the same with a payee kept back",
        112,
        ONCE,
        REPLAYED,
        edit=redacted,
        then=Purchase(payment=Chain(hop=of_jwt)),
    ),
    used(
        "new-nonce",
        "the same cart, closed again with another nonce",
        112,
        ONCE,
        REPLAYED,
        then=buy(more=OFTEN),
        before=((buy(more=OFTEN), 0, "first"),),
    ),
    used(
        "another-cart",
        "another cart under a mandate that may be used again",
        None,
        ONCE,
        None,
        then=buy(2, more=OFTEN),
        before=((buy(more=OFTEN), 0, "first"),),
    ),
    used(
        "same-nonce",
        "another cart, with the nonce of before",
        82,
        ONCE,
        REPLAYED,
        then=buy(2, more=OFTEN),
        before=((buy(more=OFTEN), 0, None),),
    ),
    used(
        "cart-signed-again",
        "the same cart with another signature of the shop",
        43,
        ONCE,
        REPLAYED,
        then=Purchase(Chain(open=long), Chain(open=long, more=OFTEN), offer=resigned),
        before=((buy(more=OFTEN), 0, "first"),),
    ),
    used(
        "elsewhere",
        "the same cart, paid for at another place",
        82,
        ONCE,
        REPLAYED,
        then=buy(more=OFTEN),
        before=((aimed(buy(more=OFTEN)), 0, "first"),),
        edit=elsewhere,
    ),
    used(
        "another-mandate",
        "another mandate of the user's for the same cart",
        112,
        ONCE,
        REPLAYED,
        then=buy(more=lambda scene: [scene.instruments()]),
        before=(FIRST,),
    ),
    used("order-and-payment", "the nonce of an order and of a payment", None, ONCE, None, edit=ordered_before),
    used(
        "refused-before",
        "what was refused uses nothing up",
        None,
        ONCE,
        None,
        before=((buy(closed={"payment_amount": {"amount": 1, "currency": "USD"}}), 0, "first"),),
    ),
    used(
        "late-before",
        "what was shown too late uses nothing up",
        None,
        ONCE,
        None,
        after=60,
        before=((buy(closed=lambda scene: {"exp": scene.now - 301}), 0, "first"),),
    ),
    used(
        "direct-again",
        "by the user, twice",
        112,
        ONCE,
        REPLAYED,
        then=Purchase(payment=Chain(direct=True)),
        edit=itself,
    ),
    used("order-again", "an order twice", 112, ONCE, REPLAYED, kind="checkout", edit=itself),
    used(
        "second-order",
        "another cart under the same open checkout mandate",
        112,
        "docs/spec/constraints.md section Checkouts: an open checkout mandate is used once",
        DENIED,
        kind="checkout",
        then=buy(2),
        before=(FIRST,),
        reasons=("too_many_uses",),
    ),
    used(
        "second",
        "another cart under a mandate that may be used once",
        112,
        "docs/spec/constraints.md section Payments: Once",
        DENIED,
        then=buy(2),
        before=(FIRST,),
        reasons=("too_many_uses",),
    ),
    used(
        "spent",
        "exactly what is left",
        None,
        COUNTED,
        None,
        then=buy(2, more=OFTEN),
        before=((buy(more=OFTEN), 0, "first"),),
    ),
    used(
        "over",
        "a minor unit more than is left",
        116,
        COUNTED,
        DENIED,
        then=buy(2, more=often(-1)),
        before=((buy(more=often(-1)), 0, "first"),),
        reasons=("over_budget",),
    ),
    used(
        "siblings",
        "two agents under one budget that is enough",
        None,
        COUNTED,
        None,
        then=sibling(2, "bob"),
        before=((sibling(1, "scout"), 0, "first"),),
    ),
    used(
        "sibling-spent",
        "another agent has spent it",
        116,
        COUNTED,
        DENIED,
        then=sibling(2, "bob", total=-1),
        before=((sibling(1, "scout", total=-1), 0, "first"),),
        reasons=("over_budget",),
    ),
    used(
        "own-spent",
        "its own part is spent, and the whole is not",
        116,
        COUNTED,
        DENIED,
        then=sibling(2, "scout", times=3, own=1),
        before=((sibling(1, "scout", times=3, own=1), 0, "first"),),
        reasons=("over_budget",),
    ),
    used(
        "others-part",
        "another agent's part is spent, and not its own",
        None,
        COUNTED,
        None,
        then=sibling(2, "bob", times=3, own=1),
        before=((sibling(1, "scout", times=3, own=1), 0, "first"),),
    ),
)
