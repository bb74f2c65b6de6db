"""What happens in the demo, act by act."""

from __future__ import annotations

import sys
import time
from typing import Final

from attorn import Identity, Token, Verifier, caveat
from attorn.demo.calendar import AUDIENCE, route
from attorn.demo.cast import Cast, Lost, cast
from attorn.demo.reply import Reply
from attorn.demo.tell import Teller
from attorn.revocation import revoke
from attorn.token.link import Link
from attorn.tree import draw
from attorn.web.http import HttpMessage, bind

_NOVEMBER: Final = "cal://alice/2026-11"
_TICKET: Final = "/alice/2026-11/ticket"
_SHORT: Final = 3
"""Seconds that the short link lasts."""


def run() -> int:
    """Play the demo on standard output; 0 if every verdict was as told, else 1."""
    alice = Identity.generate()
    try:
        with cast(alice.did) as company:
            names = {alice.did: "alice"} | {
                player.did: player.name for player in (company.planner, company.scout, company.thief)
            }
            teller = Teller(sys.stdout.write, sys.stdout.isatty(), names)
            _Story(alice, company, teller).play()
    except Lost as error:
        sys.stdout.write(f"The demo broke off: {error}.\n")
        return 1
    if teller.failures:
        sys.stdout.write(f"\nNOT AS TOLD: {len(teller.failures)} of the verdicts above.\n")
        return 1
    sys.stdout.write("\nEvery verdict was as told.\n")
    return 0


class _Story:
    """Alice's side of it: her key is in this process, the others have theirs."""

    def __init__(self, alice: Identity, company: Cast, teller: Teller) -> None:
        self._alice = alice
        self._company = company
        self._teller = teller

    def play(self) -> None:
        teller = self._teller
        teller.say("Alice lets an agent act for her, that agent lets another, and a calendar server checks the whole")
        teller.say("chain by itself. Each agent is a process with its own key; tokens pass between them as text.")
        wide, narrow, short, short_since = self._gifts()
        purse, share = self._purse()
        overheard = self._allowed(wide, narrow, short)
        self._bought(purse, share)
        teller.heading("Refused (status, code and reason are the server's own; --- means nothing was sent)")
        self._outside(narrow)
        self._widened(narrow)
        self._stolen(narrow)
        self._presentations(narrow, overheard)
        self._spent(share)
        self._expired(short, short_since)
        chain = self._chain(narrow)
        self._revoked(narrow)
        self._tree(chain, len(narrow))

    def _gifts(self) -> tuple[str, str, str, float]:
        """Alice's token for planner, planner's for scout, and one for scout that lasts seconds, since when."""
        planner, scout = self._company.planner, self._company.scout
        wide = self._alice.mint(
            to=planner.did,
            caveats=[
                caveat.Actions("events:read", "events:write"),
                caveat.Resources("cal://alice"),
                caveat.ExpiresIn(hours=8),
                caveat.Purpose("Plan my November"),
            ],
        ).encode()
        common = {"token": wide, "to": scout.did, "actions": "events:read", "resource": _NOVEMBER}
        narrow = planner.do("delegate", **common, seconds="900", purpose="Find free days in November").token
        since = time.time()
        short = planner.do("delegate", **common, seconds=str(_SHORT)).token
        self._teller.say()
        self._teller.say("alice gives planner:   read and write her calendar, for 8 hours")
        self._teller.say("planner gives scout:   only read, only November, for 15 minutes (offline: nobody was asked)")
        return wide, narrow, short, since

    def _allowed(self, wide: str, narrow: str, short: str) -> str:
        teller, company = self._teller, self._company
        teller.heading("Allowed (the server answers, and knows through whom the call came)")
        first = company.call(company.scout, short)
        teller.allowed(f"scout reads November, by a link that lasts {_SHORT} seconds", first, "12th: dentist")
        written = company.call(company.planner, wide, method="POST", content="20th: flight")
        teller.allowed("planner writes into November", written, "20th: flight")
        read = company.call(company.scout, narrow)
        teller.allowed("scout reads November", read, "20th: flight")
        return read.presentation

    def _purse(self) -> tuple[str, str]:
        """100 euros from Alice to planner, of which planner lets scout spend up to 80."""
        planner, scout = self._company.planner, self._company.scout
        buy = caveat.Actions("tickets:buy")
        purse = self._alice.mint(to=planner.did, caveats=[buy, caveat.Budget(10_000, "EUR")]).encode()
        share = planner.do("delegate", token=purse, to=scout.did, actions="tickets:buy", cents="8000").token
        self._teller.say("alice gives planner:   100.00 EUR for tickets; planner lets scout spend up to 80.00 of it")
        return purse, share

    def _bought(self, purse: str, share: str) -> None:
        teller, company = self._teller, self._company
        for name, who, token in (("scout", company.scout, share), ("planner", company.planner, purse)):
            reply = company.call(who, token, _TICKET, method="POST")
            teller.allowed(f"{name} buys a ticket for 40.00 EUR", reply, "a ticket")

    def _spent(self, share: str) -> None:
        reply = self._company.call(self._company.scout, share, _TICKET, method="POST")
        self._teller.refused(
            "SPENT: scout has 40.00 left of its share, Alice's 100 do not", reply, 403, "denied", "1 Budget"
        )

    def _revoked(self, narrow: str) -> None:
        teller, company = self._teller, self._company
        link = Token.decode(narrow).unverified_links[0]
        company.publish(revoke(link, by=self._alice).encode())
        reply = company.call(company.scout, narrow)
        teller.refused("REVOKED: Alice ends planner's link, and scout's ends with it", reply, 401, "revoked")

    def _outside(self, narrow: str) -> None:
        teller, company = self._teller, self._company
        december = company.call(company.scout, narrow, "/alice/2026-12")
        teller.refused("scout reads December", december, 403, "denied", "2 Resources")

    def _widened(self, narrow: str) -> None:
        teller, company = self._teller, self._company
        scout = company.scout
        wider = {"token": narrow, "to": scout.did, "actions": "events:read events:write"}
        teller.stopped(
            "WIDENED: scout passes on the right to write", scout.do("delegate", **wider), "wider than link 2"
        )
        forged = scout.do("extend", **wider).token
        reply = company.call(scout, forged, method="POST", content="13th: party")
        teller.refused("scout signs that wider link by hand and writes", reply, 403, "denied", "2 Actions")
        cut = scout.do("shorten", token=narrow).token
        reply = company.call(scout, cut, method="POST", content="13th: party", dishonest="yes")
        teller.refused("scout cuts off its link, to write as planner may", reply, 401, "bad_signature")

    def _stolen(self, narrow: str) -> None:
        teller, company = self._teller, self._company
        thief = company.thief
        teller.refused("STOLEN: thief offers scout's token as it is", company.send(thief, narrow), 401, "not_holder")
        reply = company.call(thief, narrow, dishonest="yes")
        teller.refused("thief presents it, signed with its own key", reply, 401, "bad_signature")
        extended = thief.do("extend", token=narrow, to=thief.did, actions="events:read").token
        reply = company.call(thief, extended)
        teller.refused("thief adds a link from scout to itself, and presents that", reply, 401, "bad_signature")

    def _presentations(self, narrow: str, overheard: str) -> None:
        teller, company = self._teller, self._company
        reply = company.send(company.thief, overheard)
        teller.refused("REPLAYED: thief sends a call of scout's a second time", reply, 401, "replayed")
        unused = company.prepare(company.scout, narrow)
        reply = company.send(company.thief, unused, "/alice/2026-12")
        teller.refused("thief turns an unsent call of scout's into another one", reply, 401, "wrong_request")
        reply = company.call(company.scout, narrow, audience="did:web:payroll.example")
        teller.refused("OTHER AUDIENCE: a call made for the payroll server", reply, 401, "wrong_audience")

    def _expired(self, short: str, since: float) -> None:
        # Links count whole seconds: by now the link ends at most this much later.
        time.sleep(max(0.0, since + _SHORT + 1.1 - time.time()))
        reply: Reply = self._company.call(self._company.scout, short)
        self._teller.refused(f"EXPIRED: the link of {_SHORT} seconds, later", reply, 401, "outside_validity")

    def _chain(self, narrow: str) -> tuple[Link, ...]:
        """Verify a presentation of scout's here, as any server that trusts Alice could."""
        company = self._company
        wire = company.prepare(company.scout, narrow)
        message = HttpMessage(method="GET", origin=company.origin, path="/alice/2026-11")
        verifier = Verifier(audience=AUDIENCE, roots=[self._alice.did])
        return verifier.authorize(wire, bind(message, route)).chain

    def _tree(self, chain: tuple[Link, ...], size: int) -> None:
        teller = self._teller
        teller.heading(f"Scout's chain, verified before Alice ended it ({size} characters of text)")
        teller.say(teller.named(draw(chain, colour=teller.colour, verified=True)))
