"""An organisation enrols an agent, a stranger checks it offline, its key is rotated, and in the end all stops."""

from datetime import UTC, datetime, timedelta

from attorn import AttornError, Identity, Request, Verifier, agent, caveat
from attorn.did import webvh
from attorn.did.methods import MethodResolver
from attorn.keys.signer import Ed25519Signer
from attorn.status import Publisher

HOTEL = "did:web:hotel.example"
now = [datetime(2030, 1, 1, 9, tzinfo=UTC)]
clock = lambda: now[0]  # noqa: E731


class Copies:
    """A transport that opens nothing: it has a copy of what was published."""

    def publish(self, log: str) -> str:
        self.log = log
        now[0] += timedelta(minutes=1)  # until everybody has it
        return webvh.unasked(log, now=clock()).head.did.text

    def get(self, url: str, *, accept: str, most: int) -> bytes:
        return self.log.encode()


copies = Copies()
resolver = MethodResolver({"webvh": webvh.WebvhResolver(copies, clock=clock)})
org, alice = Identity.generate(clock=clock), Identity.generate(clock=clock)

# The agent's DID has a history, so its key can change. The organisation says whose agent it is.
first, second = Ed25519Signer.generate(), Ed25519Signer.generate()
log = webvh.create(domain="agents.org.example", by=first, at=clock())
did = copies.publish(log)
bot = Identity(first, did=did, resolver=resolver, clock=clock)
lists = Publisher("https://org.example/agents")
register = agent.Register(by=org, publisher=lists, clock=clock)
profile = agent.AgentProfile(id=did, owner=org.did, accountable="Travel team", model="m-1", stage="production")
credential, _ = register.enrol(profile)

# A stranger checks who the agent is, and that Alice sent it, with nothing but copies.
asked = [caveat.Actions("room:book"), caveat.Agent(attested_by=org.did, stage="production")]
token = alice.mint(to=did, caveats=asked, resolver=resolver)
hotel = Verifier(audience=HOTEL, roots=[alice.did], resolver=resolver, rotated_keys=timedelta(days=1), clock=clock)
booking = Request(action="room:book", resource="hotel://rooms/7", args={"nights": 2})


def book(by: Identity, expected: str, what: str) -> None:
    hotel.store.apply(lists.publish(org, clock=clock))
    wire = by.present(token, booking, audience=HOTEL, credentials=[credential])
    try:
        told = f"allowed through {len(hotel.authorize(wire, booking).chain)} link(s)"
    except AttornError as error:
        told = error.code
    print(f"{what:<14} {told}")
    if told != expected:
        raise SystemExit(f"expected: {expected}")


who = agent.verify(credential, issuers=[org.did], now=clock()).profile
print(f"{'enrolled:':<14} {who.accountable} answers for {who.id[:18]}...")
book(bot, "allowed through 1 link(s)", "booked:")

# Its key is rotated: both keys for a moment, in which it passes what it holds on to its own new key.
log = webvh.update(log, by=first, at=clock(), document=webvh.write_state(did, [first.public_key, second.public_key]))
copies.publish(log)
later, old = Identity(second, did=did, resolver=resolver, clock=clock), token
token = bot.delegate(old, to=resolver.resolve(did).methods[1].id)
copies.publish(webvh.rotate(log, by=first, at=clock() + timedelta(minutes=1), key=second.public_key))
book(later, "allowed through 2 link(s)", "rotated:")
token = old
book(bot, "unresolved_principal", "old key:")

# The organisation ends the agent, and everything stops.
token = alice.mint(to=did, caveats=asked, resolver=resolver)
book(later, "allowed through 1 link(s)", "as before:")
register.deprovision(did)
now[0] += timedelta(minutes=1)
book(later, "denied", "deprovisioned:")
