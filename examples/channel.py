"""An agent in a chat: what the CFO may read of the salaries, the channel is not shown unless everybody there may."""

from attorn import Denied, Identity, Request, Verifier, caveat

HR = "did:web:hr.example"
SALARIES = {"anna": 61_000, "ben": 58_000}

cfo, anna, ben, agent = (Identity.generate() for _ in range(4))
NAMES = {cfo.did: "the CFO", anna.did: "Anna", ben.did: "Ben"}

# Who reads what is the chat's knowledge, and nothing that the agent says about itself.
CHANNELS = {
    "#direct": [cfo.did],
    "#review": [cfo.did, anna.did],
    "#all-hands": [cfo.did, anna.did, ben.did],
}

# Each lets the agent see what he or she may see. Nobody can give more than that: the rest is HR's own policy.
OF_EACH = {cfo: "hr://salaries", anna: "hr://salaries/anna", ben: "hr://salaries/ben"}
tokens = {
    user.did: user.mint(
        to=agent.did,
        caveats=[
            caveat.Actions("read"),
            caveat.Resources(resource, "hr://handbook"),
            caveat.ExpiresIn(hours=8),
            caveat.Purpose("Answer questions in the chat"),
        ],
    )
    for user, resource in OF_EACH.items()
}
hr = Verifier(audience=HR, roots=list(tokens))


def answer(channel: str, resource: str, users: list[str]) -> str:
    """What HR gives out for a channel when the agent shows the authority of these users."""
    request = Request(action="read", resource=resource)
    wires = [agent.present(tokens[user], request, audience=HR) for user in users]
    joint = hr.authorize_all(wires, request, audience_of=CHANNELS[channel])
    assert joint.holder == agent.did
    name = resource.rpartition("/")[2]
    shown = {name: SALARIES[name]} if name in SALARIES else SALARIES if name == "salaries" else "the handbook"
    return f"{channel}: {shown}, for {', '.join(NAMES[root] for root in joint.roots)}"


def refuse(channel: str, resource: str, users: list[str], caveat_: str, whose: str | None) -> None:
    """The same, where it must be refused by this caveat of this user."""
    try:
        print(answer(channel, resource, users))
    except Denied as denied:
        denial = denied.decision.denial
        if denial is None or (denial.caveat, denied.root) != (caveat_, whose):
            raise
        print(f"refused:  {channel}: {resource}, by {caveat_} of {NAMES[whose] if whose else 'HR'}")
    else:
        raise SystemExit("not everybody there may see this")


everybody = CHANNELS["#all-hands"]
print("allowed: ", answer("#direct", "hr://salaries", [cfo.did]))
print("allowed: ", answer("#review", "hr://salaries/anna", [cfo.did, anna.did]))
print("allowed: ", answer("#all-hands", "hr://handbook", everybody))

# The CFO may see this, and Anna reads along.
refuse("#all-hands", "hr://salaries", everybody, "Resources", anna.did)
refuse("#all-hands", "hr://salaries/anna", everybody, "Resources", ben.did)

# Leaving out those who may not does not help: they still read it.
refuse("#all-hands", "hr://salaries", [cfo.did], "Readers", None)
refuse("#review", "hr://salaries/anna", [anna.did], "Readers", None)
