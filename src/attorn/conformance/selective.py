"""`verify-sd-jwt`: what a holder discloses, if the SD-JWT holds in every way."""

from __future__ import annotations

from attorn import sdjwt
from attorn.caveat.validity import moment
from attorn.conformance import pages
from attorn.conformance.answer import Answer
from attorn.conformance.members import Members


def verify(members: Members) -> Answer:
    """The claims, as if nothing had been hidden that was disclosed."""
    now = members.second("now")
    resolver = pages.resolver(members, now)
    text, typ = members.text("sd_jwt"), members.text("typ")
    audience, nonce = members.maybe_text("audience"), members.maybe_text("nonce")
    members.done()
    found = sdjwt.verify(text, typ=typ, audience=audience, nonce=nonce, now=moment(now), resolver=resolver)
    return Answer(result={"issuer": found.issuer, "claims": found.claims, "bound": found.bound})
