"""Three peers without a server: Alice's authority goes to planner, then scout, and Bob's agent verifies it offline."""

from attorn import Denied, Identity, Request, Token, VerificationError, Verifier, caveat
from attorn.errors import DelegationError
from attorn.revocation import revoke

BOB = "did:web:bob.example"

alice, planner, scout = Identity.generate(), Identity.generate(), Identity.generate()

# Alice to planner. What travels is text without a secret in it: only planner's key can use or extend it.
to_planner = alice.mint(
    to=planner.did,
    caveats=[
        caveat.Actions("meetings:propose", "meetings:cancel"),
        caveat.Resources("cal://bob/2026-11"),
        caveat.ExpiresIn(hours=8),
        caveat.Purpose("Find an hour with Bob this month"),
    ],
).encode()

# Planner to scout, narrower, offline: nobody is asked.
to_scout = planner.delegate(
    Token.decode(to_planner), to=scout.did, caveats=[caveat.Actions("meetings:propose"), caveat.ExpiresIn(minutes=15)]
).encode()

try:
    scout.delegate(Token.decode(to_scout), to=planner.did, caveats=[caveat.Actions("meetings:cancel")])
except DelegationError as error:
    print(f"widening:  {error}")
else:
    raise SystemExit("a link may not widen")

# Bob's agent trusts Alice for this, and knows neither of her agents.
bob = Verifier(audience=BOB, roots=[alice.did])
proposal = Request(action="meetings:propose", resource="cal://bob/2026-11", args={"minutes": 60})
wire = scout.present(Token.decode(to_scout), proposal, audience=BOB)
access = bob.authorize(wire, proposal)
assert (access.root, access.holder) == (alice.did, scout.did)
assert [link.delegate for link in access.chain] == [planner.did, scout.did]
print(f"allowed:   {access.root} through {len(access.chain)} links, for {access.chain[0].purpose!r}")

try:
    bob.authorize(wire, proposal)
except VerificationError as error:
    if error.code != "replayed":
        raise
    print(f"again:     {error}")
else:
    raise SystemExit("a presentation is good for one use")

cancel = Request(action="meetings:cancel", resource="cal://bob/2026-11", args={"minutes": 60})
try:
    bob.authorize(scout.present(Token.decode(to_scout), cancel, audience=BOB), cancel)
except Denied as denied:
    if denied.decision.link != 2:
        raise
    print(f"cancel:    {denied.decision.explain()}")
else:
    raise SystemExit("scout may not cancel")

# Alice ends planner's link, and everything that came from it.
bob.store.apply(revoke(Token.decode(to_planner), by=alice))
try:
    bob.authorize(scout.present(Token.decode(to_scout), proposal, audience=BOB), proposal)
except VerificationError as error:
    if error.code != "revoked":
        raise
    print(f"revoked:   {error}")
else:
    raise SystemExit("a revoked link ends the chain")
