"""Step 1 of `verify-mandate`: the content of a hop, and what of it may be hidden."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import mandate_kit as kit
from .mandate_form_cases import FORM, Recipe, paying
from .mandate_kit import Hop
from .mandate_scene import Chain, Purchase, Scene, recipe
from .testkit import url64

BAD, MALFORMED = ("bad_mandate", 1), ("malformed", 1)
HIDDEN = "4: entries of lists may be kept back, and nothing else"


def second_payload(array: list[Any]) -> list[Any]:
    return [*array, {"...": kit.hashed("another content, of which nothing is shown")}]


def twice(shown: list[str]) -> list[str]:
    return [*shown, shown[-1]]


def stray(shown: list[str]) -> list[str]:
    return [*shown, url64(b'["c2FsdA",{"vct":"mandate.payment.1"}]')]


def inline(scene: Scene) -> dict[str, Any]:
    """The content of the closed mandate as it stands, not behind a digest."""
    content = {
        "vct": "mandate.payment.1",
        "transaction_id": kit.hashed(scene.offer()),
        "payee": scene.merchant,
        "payment_amount": {"amount": scene.total, "currency": "USD"},
        "payment_instrument": scene.card,
    }
    return {"payload": lambda array: [content], "show": lambda shown: []}


def hide(*path: str | int) -> Callable[[Scene], dict[str, Any]]:
    return lambda scene: {"hide": [path]}


def concealed(path: tuple[str | int, ...], *, shown: bool) -> Callable[[Scene], dict[str, Any]]:
    """How the root is made so that what stands at `path` of its content is behind a digest of its own."""

    def root(scene: Scene) -> Any:
        return _concealing(scene, path, shown)

    return root


def _concealing(scene: Scene, path: tuple[str | int, ...], shown: bool) -> Hop:
    order = Purchase().ordered(scene, "n-merchant")
    content: Any = {
        "vct": "mandate.payment.open.1",
        "constraints": [scene.range(min=0), scene.pisps(), scene.reference(order[0].sd_hash)],
        "cnf": {"jwk": scene.agent.jwk},
        "payment_instrument": scene.card,
        "iat": scene.made - 60,
        "exp": scene.made + 3600,
    }
    at: Any = content
    for step in path[:-1]:
        at = at[step]
    last, concealer = path[-1], kit.Concealer(scene.w, "concealed")
    if isinstance(at, list):
        hidden = concealer.disclosure(path, at[int(last)])
        at[int(last)] = {"...": kit.hashed(hidden)}
    else:
        hidden = concealer.disclosure(path, last, at.pop(last))
        at["_sd"] = [kit.hashed(hidden)]
    return kit.hop(
        scene.w,
        "concealing",
        content,
        by=scene.user,
        header={"typ": "mandate+sd-jwt"},
        claims={},
        plain=True,
        show=(lambda found: [*found, hidden]) if shown else list,
    )


def with_pisp(scene: Scene) -> dict[str, Any]:
    return {"pisp": scene.pisp}


def decoy(scene: Scene, usual: list[Any]) -> list[Any]:
    return [{**usual[0], "_sd": [kit.hashed("a decoy")]}, *usual[1:]]


RECIPES: tuple[Recipe, ...] = (
    paying(
        "payload-other-name",
        "_delegate_payload, and nobody asked for that",
        98,
        "3: the claim delegate_payload",
        BAD,
        hop={"name": "_delegate_payload"},
    ),
    recipe(
        "payload-other-name-asked",
        "_delegate_payload in every hop, as the verifier says",
        None,
        FORM + "3: the claim delegate_payload, or _delegate_payload where a verifier says so",
        None,
        purchase=Purchase(
            order=Chain(root={"name": "_delegate_payload"}, hop={"name": "_delegate_payload"}),
            payment=Chain(root={"name": "_delegate_payload"}, hop={"name": "_delegate_payload"}),
            input={"claim": "_delegate_payload"},
        ),
    ),
    paying(
        "payload-inline",
        "a content that is behind no digest",
        98,
        "3: exactly one element is disclosed",
        BAD,
        hop=inline,
    ),
    paying(
        "payload-not-disclosed",
        "no content is shown",
        96,
        "3: exactly one element is disclosed",
        BAD,
        hop={"hide": [()]},
    ),
    paying(
        "payload-second-not-shown",
        "two contents, of which one is shown",
        None,
        "3: exactly one element is disclosed",
        None,
        hop={"payload": second_payload},
    ),
    paying(
        "payload-empty",
        "an empty array",
        96,
        "3: exactly one element is disclosed",
        BAD,
        hop={"payload": lambda array: [], "show": lambda shown: []},
    ),
    paying(
        "payload-no-array",
        "the element itself, in no array",
        96,
        "3: an array",
        MALFORMED,
        hop={"payload": lambda array: array[0]},
    ),
    paying(
        "payload-missing",
        "a hop with no content at all",
        96,
        "3: the claim delegate_payload",
        BAD,
        hop={"name": "other", "payload": lambda array: "x", "show": lambda shown: []},
    ),
    paying(
        "payload-sd-alg-unknown",
        "_sd_alg names md5",
        99,
        "3: _sd_alg is as of every SD-JWT",
        MALFORMED,
        hop={"claims": {"_sd_alg": "md5"}},
    ),
    paying(
        "payload-claim-hidden",
        "a claim of the JWT is kept back",
        98,
        "3: nothing else of the claims is disclosable",
        BAD,
        hop={"claims": {"_sd": [kit.hashed("x")]}},
    ),
    paying("payload-disclosure-twice", "the content is shown twice", 97, "3: an SD-JWT", BAD, hop={"show": twice}),
    paying(
        "payload-disclosure-unreferenced",
        "a disclosure that no digest names",
        97,
        "3: an SD-JWT",
        BAD,
        hop={"show": stray},
    ),
    paying(
        "payload-second-holder",
        "cnf beside the content",
        114,
        "5: cnf is in open mandates",
        BAD,
        root=lambda scene: {"claims": {"cnf": {"jwk": scene.mallory.jwk}}},
    ),
    paying(
        "hidden-one-payee",
        "one of two payees is kept back",
        None,
        HIDDEN,
        None,
        root=hide("constraints", 1, "allowed", 1),
    ),
    paying(
        "hidden-all-payees",
        "no payee is shown",
        115,
        HIDDEN,
        BAD,
        root=lambda scene: {"hide": [("constraints", 1, "allowed", at) for at in (0, 1)]},
    ),
    paying(
        "hidden-constraint-shown",
        "a whole constraint is disclosable, and shown",
        None,
        HIDDEN,
        None,
        root=concealed(("constraints", 0), shown=True),
        closed=with_pisp,
    ),
    paying(
        "hidden-constraint",
        "a whole constraint is kept back",
        115,
        HIDDEN,
        BAD,
        root=concealed(("constraints", 0), shown=False),
        closed=with_pisp,
    ),
    paying(
        "hidden-provider",
        "a list of providers has no entries that may be hidden",
        115,
        HIDDEN,
        BAD,
        root=concealed(("constraints", 1, "allowed", 0), shown=False),
        closed=with_pisp,
    ),
    paying(
        "hidden-preset",
        "a preset is kept back",
        115,
        HIDDEN,
        BAD,
        root=concealed(("payment_instrument",), shown=False),
        closed=with_pisp,
    ),
    paying(
        "hidden-preset-shown",
        "a preset could have been kept back",
        115,
        HIDDEN,
        BAD,
        root=concealed(("payment_instrument",), shown=True),
        closed=with_pisp,
    ),
    paying(
        "hidden-constraints-shown",
        "the constraints could have been kept back",
        115,
        HIDDEN,
        BAD,
        root=concealed(("constraints",), shown=True),
        closed=with_pisp,
    ),
    paying(
        "hidden-minimum",
        "the min of a range is kept back",
        115,
        HIDDEN,
        BAD,
        root=concealed(("constraints", 0, "min"), shown=False),
        closed=with_pisp,
    ),
    paying("hidden-decoy", "a digest of nothing in a constraint", 115, HIDDEN, BAD, limits=decoy),
    paying("content-vct-missing", "no vct", 22, "5: vct is one of the four", BAD, closed={"vct": ...}),
    paying(
        "content-vct-no-suffix",
        "mandate.payment",
        22,
        "5: vct is one of the four",
        BAD,
        closed={"vct": "mandate.payment"},
    ),
    paying(
        "content-vct-next-version",
        "mandate.payment.2",
        22,
        "5: vct is one of the four",
        BAD,
        closed={"vct": "mandate.payment.2"},
    ),
    paying(
        "content-open-vct-no-suffix",
        "mandate.payment.open",
        22,
        "5: vct is one of the four",
        BAD,
        open={"vct": "mandate.payment.open"},
    ),
    paying(
        "content-cnf-missing", "an open mandate for nobody", 114, "5: cnf is in open mandates", BAD, open={"cnf": ...}
    ),
    paying(
        "content-cnf-in-closed",
        "a closed mandate that names a holder",
        114,
        "5: cnf is in no other",
        BAD,
        closed=lambda scene: {"cnf": {"jwk": scene.sub.jwk}},
    ),
    paying(
        "content-no-object",
        "the content is a text",
        98,
        "3: the content is an object",
        BAD,
        hop={
            "payload": lambda array: [{"...": kit.hashed(url64(b'["c2FsdA","pay"]'))}],
            "show": lambda shown: [url64(b'["c2FsdA","pay"]')],
        },
    ),
    paying(
        "content-unknown-member",
        "a member that nobody knows is passed over",
        None,
        "5: as the page on constraints has it",
        None,
        closed={"note": "thanks"},
    ),
    paying(
        "content-no-payee",
        "a payment to nobody",
        115,
        "5: as the page on constraints has it",
        BAD,
        closed={"payee": ...},
    ),
    paying(
        "content-no-amount",
        "a payment of nothing",
        115,
        "5: as the page on constraints has it",
        BAD,
        closed={"payment_amount": ...},
    ),
    paying(
        "content-no-instrument",
        "a payment by nothing",
        115,
        "5: as the page on constraints has it",
        BAD,
        closed={"payment_instrument": ...},
    ),
    paying(
        "content-no-transaction",
        "a payment for no checkout",
        109,
        "5: as the page on constraints has it",
        MALFORMED,
        closed={"transaction_id": ...},
    ),
    paying(
        "content-two-names",
        "contents under both names",
        98,
        "3: the claim delegate_payload",
        BAD,
        hop={"claims": {"_delegate_payload": []}},
    ),
    paying(
        "content-risk-text",
        "risk_data that is no object",
        115,
        "5: as the page on constraints has it",
        MALFORMED,
        closed={"risk_data": "low"},
    ),
)
