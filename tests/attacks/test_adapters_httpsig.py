"""The attacks on signed HTTP requests: a shop that wants to know who calls, and to see a chain, called by httpx.

Signatures are made with http-message-signatures, by attorn's signer and by the library alone.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse
from tests.adapters.httpsig import library
from tests.adapters.httpsig.scene import ORIGIN, Clock, agent, message, signed, verifier
from tests.adapters.httpsig.test_attacks import WHOLE
from tests.adapters.httpsig.test_web import ALICE, AUDIENCE, call, problem
from tests.attacks.adapter_scene import Once, Till, nothing_happens

from attorn import Verifier, caveat
from attorn.httpsig import AgentMiddleware, SignedMessage
from attorn.web.asgi import AttornMiddleware
from attorn.web.http import HttpMessage, bind

BODY, QUERY = b'{"n":1}', "limit=10"
HELD = ALICE.mint(
    to=agent.did,
    caveats=[caveat.Actions("http:*"), caveat.Resources(ORIGIN), caveat.Equals("@query", QUERY), caveat.MaxUses(99)],
)
FIELDS = ("signature", "signature-input", "signature-agent")
EMPTY_DIGEST = "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"


class Shop:
    """Its handler behind a chain behind a signature; what ran, what was charged, which signatures were used up."""

    def __init__(self, origin: str = ORIGIN) -> None:
        self.ran: list[Any] = []
        self.till, self.once, self.clock = Till(), Once(), Clock()
        chains = Verifier(audience=AUDIENCE, roots=[ALICE.did], store=self.till)
        behind: Any = AttornMiddleware(self.handle, verifier=chains, origin=origin)
        self.app: Any = AgentMiddleware(behind, verifier=verifier(self.clock, store=self.once), origin=origin)

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        known = HttpRequest(scope, receive).state.agent
        self.ran.append(known)
        await JSONResponse({"agent": known and known.did, "for": scope["attorn.access"].root})(scope, receive, send)

    def made(self, *, query: str = QUERY, chain: bool = True, audience: str = AUDIENCE) -> SignedMessage:
        """A POST with a presentation for it, and a signature over both."""
        asked = bind(HttpMessage(method="POST", origin=ORIGIN, path="/cart", query=query, body=BODY))
        wire = agent.present(HELD, asked, audience=audience)
        headers = (("authorization", f"Attorn {wire}"),) if chain else ()
        return signed(self.clock, message("POST", query=query, body=BODY, headers=headers))

    def send(self, made: SignedMessage, method: str = "POST", *more: tuple[str, str]) -> Any:
        url = f"{made.path}?{made.query}"
        return call(self.app, method, url, headers=[*made.headers, *more], content=made.body)

    def honest(self) -> SignedMessage:
        """Lets the agent in, and gives the request that did it."""
        made = self.made()
        answer = self.send(made)
        assert (answer.status_code, answer.json()) == (200, {"agent": agent.did, "for": ALICE.did}), answer.text
        assert (len(self.ran), len(self.till.taken), len(self.once.taken)) == (1, 1, 1)
        return made

    @property
    def seen(self) -> tuple[list[Any], ...]:
        return self.ran, self.till.taken, self.once.taken


def without(made: SignedMessage, *names: str, **changed: str) -> SignedMessage:
    """The same request without these fields, or with others in their place."""
    new = {name.replace("_", "-"): value for name, value in changed.items()}
    kept = tuple(line for line in made.headers if line[0] not in (*names, *new))
    return replace(made, headers=kept + tuple(new.items()))


def test_wrong_audience() -> None:
    """Attacks 83 and 129: signed for another server, and with a chain for another."""
    shop, bank = Shop(), Shop("https://bank.example")
    shop.honest()
    with nothing_happens(*shop.seen):
        problem(bank.send(bank.made()), 403, "bad_signature")
        assert [*bank.ran, *bank.till.taken, *bank.once.taken] == []
    with nothing_happens(shop.ran, shop.till.taken):
        for audience in ("did:web:bank.example", ORIGIN):
            problem(shop.send(shop.made(audience=audience)), 401, "wrong_audience")


def test_replay() -> None:
    """Attack 80: the whole request, and its chain under a new signature."""
    shop = Shop()
    made = shop.honest()
    with nothing_happens(*shop.seen):
        for _ in range(2):
            problem(shop.send(made), 429, "replayed")
    with nothing_happens(shop.ran, shop.till.taken):
        chain = tuple(line for line in made.headers if line[0] == "authorization")
        again = signed(shop.clock, message("POST", query=QUERY, body=BODY, headers=chain))
        problem(shop.send(again), 401, "replayed")


def test_widened_argument() -> None:
    """Attacks 67 and 84: by who is on the way, and by the agent itself, which is known and not permitted it."""
    shop = Shop()
    shop.honest()
    with nothing_happens(*shop.seen):
        for wide in ("limit=100", "limit=10&limit=100", "limit=10&all"):
            problem(shop.send(replace(shop.made(), query=wide)), 403, "bad_signature")
        fields = library.fields(agent, WHOLE, shop.clock, url=f"{ORIGIN}/cart")
        alone = message(headers=tuple((name.lower(), value) for name, value in fields.items()))
        problem(shop.send(replace(alone, query=QUERY), "GET"), 403, "bad_signature")
    with nothing_happens(shop.ran, shop.till.taken):
        problem(shop.send(shop.made(query="limit=100")), 403, "denied")


def test_missing_chain() -> None:
    """To be known is not to be permitted; and a chain is neither taken from a signed request nor put into one."""
    shop = Shop()
    made = shop.honest()
    with nothing_happens(*shop.seen):
        problem(shop.send(without(shop.made(), "authorization")), 403, "bad_signature")
        stolen = str(made.one("authorization"))
        problem(shop.send(without(shop.made(chain=False), authorization=stolen)), 403, "bad_signature")
    with nothing_happens(shop.ran, shop.till.taken):
        problem(shop.send(shop.made(chain=False)), 401, "no_presentation")


@pytest.mark.parametrize("names", [FIELDS, *((name,) for name in FIELDS)], ids=",".join)
def test_stripped_proof(names: tuple[str, ...]) -> None:
    """Attacks 85 to 87: without the signature, what it covers or whose it is; a good chain makes up for none."""
    shop = Shop()
    shop.honest()
    with nothing_happens(*shop.seen):
        problem(shop.send(without(shop.made(), *names)), 403, "bad_signature")
        empty = {name.replace("-", "_"): "" for name in names}
        answer = shop.send(without(shop.made(), **empty))
        assert (answer.status_code, answer.json()["code"]) in ((403, "bad_signature"), (400, "malformed"))


def test_header_and_body_disagree() -> None:
    """Attacks 84 and 130: Content-Digest against the body, what is covered against the request, a field twice."""
    shop = Shop()
    shop.honest()
    with nothing_happens(*shop.seen):
        for body in (b"", b"{}", BODY + b" "):
            problem(shop.send(replace(shop.made(), body=body)), 403, "bad_signature")
        problem(shop.send(replace(without(shop.made(), content_digest=EMPTY_DIGEST), body=b"")), 403, "bad_signature")
        for path in ("/cart/", "/other", "/%63art"):
            problem(shop.send(replace(shop.made(), path=path)), 403, "bad_signature")
        problem(shop.send(shop.made(), "PUT"), 403, "bad_signature")
        made = shop.made()
        for name in (*FIELDS, "content-digest", "authorization"):
            problem(shop.send(made, "POST", (name, str(made.one(name)))), 400, "malformed")
