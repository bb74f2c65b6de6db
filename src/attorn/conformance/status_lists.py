"""`read-status`: what a status list says about one reference, and whether that is a reason to refuse."""

from __future__ import annotations

from attorn import status
from attorn.conformance import pages
from attorn.conformance.answer import Answer
from attorn.conformance.members import Members
from attorn.did.resolver import Resolver
from attorn.status import BitstringEntry, StatusList, TokenReference


def read(members: Members) -> Answer:
    """The value of the entry; with `judge` only if it is valid."""
    now = members.second("now")
    lists = verified(members, pages.resolver(members, now))
    issuer, staleness, judged = members.text("issuer"), members.integer("staleness"), members.flag("judge")
    entry = members.object("reference")
    members.done()
    reference = BitstringEntry.read(entry) if "type" in entry else TokenReference.read({"status": entry})
    if judged:
        status.check([reference], lists, issuer=issuer, now=now, staleness=staleness)
    (report,) = status.look_up([reference], lists, issuer=issuer, now=now, staleness=staleness)
    return Answer(result={"value": report.value, "valid": report.valid, "message": report.message})


def verified(members: Members, resolver: Resolver) -> tuple[StatusList, ...]:
    """The lists in the texts of the member `lists`, their signatures checked. Raises as `attorn.status.verify`."""
    return tuple(found for text in members.texts("lists") for found in status.verify(text, resolver))
