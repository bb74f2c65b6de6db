"""One link: who turned over what authority to whom, as facts and checks of one block.

A block of a link holds, in this order: the fact `user(...)` (first block only), the fact `link(id, issued)` or
`link(id, issued, "DID URL of the delegate")`, `purpose(...)` facts, and the caveats as checks. The delegate's key is
the block's `nextKey`, and a did:key delegate *is* that key, so it is not named again; nor is the delegator, who is the
delegate before. Source: docs/spec/wire.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from attorn.biscuit.block import Block
from attorn.caveat.base import Caveat
from attorn.caveat.profile import recognise
from attorn.caveat.validity import Purpose, moment
from attorn.clock import LATEST
from attorn.datalog import BYTES, DATE, STRING, Check, Predicate, date, octets, string
from attorn.errors import InputError, MalformedError, NotAdmittedError
from attorn.keys.public import PublicKey
from attorn.token.principal import Principal, named, read_root, root_term

ID_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Link:
    """One step of a chain. `position` counts from 1, the user's own link; `second` is the Unix second of issue.

    Whether anybody signed this depends on where it came from: a `Verified` chain was signed, a `Token` claims so.
    """

    position: int
    id: bytes
    second: int
    by: Principal
    to: Principal
    caveats: tuple[Caveat, ...]

    @property
    def delegator(self) -> str:
        """The DID that signed this link."""
        return self.by.did

    @property
    def delegate(self) -> str:
        """The DID it was given to."""
        return self.to.did

    @property
    def issued(self) -> datetime:
        """When it was signed, by the delegator's clock."""
        return moment(self.second)

    @property
    def purpose(self) -> str | None:
        """The sentence it was given with, if any."""
        return next((caveat.sentence for caveat in self.caveats if isinstance(caveat, Purpose)), None)


def write(link: Link) -> tuple[tuple[Predicate, ...], tuple[Check, ...]]:
    """The facts and checks of a link's block. Raises `InputError` for more than one `Purpose`."""
    facts = [Predicate("user", (root_term(link.by),))] if link.position == 1 else []
    terms = [octets(link.id), date(link.second)]
    if link.to.method is not None:
        terms.append(string(link.to.method))
    facts.append(Predicate("link", tuple(terms)))
    checks: list[Check] = []
    for caveat in link.caveats:
        rendered = caveat.render()
        if isinstance(rendered, Predicate):
            facts.append(rendered)
        else:
            checks.append(rendered)
    if sum(isinstance(caveat, Purpose) for caveat in link.caveats) > 1:
        raise InputError("a link states at most one Purpose")
    return tuple(facts), tuple(checks)


def read(block: Block, position: int, by: Principal | None, next_key: PublicKey) -> Link:
    """The link in an admitted block; `by` is the delegate before, None for the first block.

    Raises `MalformedError` for a block that is no link and `NotAdmittedError` for facts no link holds.
    """
    facts = list(block.facts)
    if by is None:
        if not facts or facts[0].name != "user" or len(facts[0].terms) != 1:
            raise NotAdmittedError("expected the fact user(...) first in the first block")
        by = read_root(facts.pop(0).terms[0])
    if not facts or facts[0].name != "link" or len(facts[0].terms) not in (2, 3):
        raise NotAdmittedError(f"block {position}: expected the fact link(...)")
    id_term, date_term, *rest = facts[0].terms
    (id_kind, link_id), (date_kind, second) = id_term, date_term
    if id_kind != BYTES or not isinstance(link_id, bytes) or len(link_id) != ID_BYTES:
        raise MalformedError(f"block {position}: expected a link id of {ID_BYTES} bytes")
    if date_kind != DATE or not isinstance(second, int) or second > LATEST:
        raise MalformedError(f"block {position}: expected the date of issue")
    method = None
    for kind, value in rest:
        if kind != STRING or not isinstance(value, str):
            raise MalformedError(f"block {position}: expected the delegate's DID URL")
        method = named(value)
    caveats = _purpose(facts[1:], position) + tuple(map(recognise, block.shaped))
    return Link(position, link_id, second, by, Principal(next_key, method), caveats)


def _purpose(facts: list[Predicate], position: int) -> tuple[Caveat, ...]:
    if not facts:
        return ()
    name, terms = facts[0]
    if len(facts) > 1 or name != "purpose" or len(terms) != 1 or terms[0][0] != STRING:
        # A fact a block states about itself must never be mistaken for one the verifier supplies (attack 76).
        raise NotAdmittedError(f"block {position}: a link states no facts but its own and one purpose")
    try:
        return (Purpose(str(terms[0][1])),)
    except InputError as error:
        raise NotAdmittedError(f"block {position}: {error}") from None
