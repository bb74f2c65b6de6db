"""A FastAPI shop on loopback and an agent that orders there: `python examples/fastapi_server/main.py`."""

from collections import Counter

import httpx
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from orders import AUDIENCE, route
from serving import served, transport
from shop import shop

from attorn import Identity, caveat
from attorn.httpsig import Directory, DirectoryEndpoint, RequestSigner
from attorn.revocation import revoke
from attorn.store import MemoryStore
from attorn.web.client import HolderAuth

alice, planner, buyer = Identity.generate(), Identity.generate(), Identity.generate()
store, spans, provider = MemoryStore(), InMemorySpanExporter(), TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(spans))


def shows(title: str, answer: httpx.Response, status: int, code: str = "") -> httpx.Response:
    """Print one answer, and make sure that it is the expected one."""
    said = answer.json()
    if (answer.status_code, said.get("code", "")) != (status, code):
        raise SystemExit(f"{title}: {answer.status_code} {answer.text}")
    print(f"{title + ':':<18}{said.get('detail') or 'ordered for the user, by ' + said['by']}")
    return answer


def orders(origin: str, agent: str) -> None:
    """What the agent may do, and what it may not."""
    wide = alice.mint(to=planner.did, caveats=[caveat.Actions("orders:place"), caveat.Range("amount", 1, 100)])
    token = planner.delegate(wide, to=buyer.did, caveats=[caveat.Range("amount", 1, 50), caveat.ExpiresIn(minutes=5)])
    auth = HolderAuth(buyer, token, audience=AUDIENCE, origin=origin, route=route)
    elsewhere = HolderAuth(buyer, token, audience="did:web:bank.example", origin=origin, route=route)
    url, dear = "/orders?amount=20", "/orders?amount=80"
    # The hook runs behind `auth`, so the signature is over the presentation too.
    signer = RequestSigner(buyer, agent=agent)
    with (
        httpx.Client(base_url=origin, trust_env=False, event_hooks={"request": [signer]}) as client,
        httpx.Client(base_url=origin, trust_env=False) as wire,
    ):
        sent = shows("permitted", client.post(url, auth=auth), 200).request
        shows("too much", client.post(dear, auth=auth), 403, "denied")
        shows("another audience", client.post(url, auth=elsewhere), 401, "wrong_audience")
        shows("sent again", wire.send(sent), 429, "replayed")
        presented = {"Authorization": sent.headers["Authorization"]}
        shows("signed again", client.post(url, headers=presented), 401, "replayed")
        shows("without a chain", client.post(url), 401, "no_presentation")
        shows("chain alone", wire.post(url, auth=auth), 403, "bad_signature")
        changed = wire.build_request("POST", dear, headers=sent.headers)
        shows("changed", wire.send(changed), 403, "bad_signature")
        store.apply(revoke(wide, by=alice))
        shows("revoked", client.post(url, auth=auth), 401, "revoked")


with served(lambda origin: DirectoryEndpoint(Directory(buyer, origin=origin)), tls=True) as agent:
    here = {"user": alice.did, "agents": [agent], "transport": transport(), "store": store, "provider": provider}
    with served(lambda origin: shop(origin=origin, **here)) as origin:
        orders(origin, agent)
# Who never got as far as the verifier of chains left no span.
outcomes = Counter(span.attributes["attorn.outcome"] for span in spans.get_finished_spans())
assert outcomes == {"allowed": 1, "denied": 1, "invalid": 3}, outcomes
print(f"{'spans:':<18}{dict(outcomes)}")
