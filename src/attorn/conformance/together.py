"""`verify-together`: several users' presentations for one request, each of which must permit it."""

from __future__ import annotations

from attorn.conformance import asked, verifying
from attorn.conformance.answer import Answer
from attorn.conformance.members import Members
from attorn.errors import AttornError, InputError


def verify(members: Members) -> Answer:
    """Who authorised the request, if all of them did; else which presentation is to blame, and whose it is."""
    request = asked.request(members.inner("request"))
    wires, challenge = members.texts("wires"), members.maybe_text("challenge")
    before = members.texts("before")
    readers = members.texts("audience_of") if members.has("audience_of") else None
    verifier = verifying.verifier(members, members.text("audience"))
    members.done()
    for earlier in before:
        verifying.use(verifier, earlier, request, challenge)
    try:
        found = verifier.authorize_all(wires, request, challenge=challenge, audience_of=readers)
    except InputError:
        raise
    except AttornError as error:
        refusal = Answer.of(error)
        return Answer(refusal.code, refusal.step, {"presentation": error.presentation, "root": error.root})
    return Answer(result={"roots": [*found.roots], "holder": found.holder})
