"""Agent: only by agents of whom an issuer that the caveat names says certain things, in an identity credential.

What was said is a derived fact, as an approval is: `attested(who, DIDs, what)`, which a verifier supplies if genuine
credentials, which come with the presentation, say so now. `who` is `holder`, or `every` for each delegate of the chain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from attorn.caveat.base import Caveat, listed
from attorn.caveat.value import set_values
from attorn.datalog import Check, Predicate, Query, scalar, set_of, string
from attorn.decision import Denial
from attorn.did.did import is_did
from attorn.display import bare, shown
from attorn.errors import InputError
from attorn.request.attested import NAMES, all_meet
from attorn.request.facts import Facts

MOST_ISSUERS: Final = 16
MOST_VALUES: Final = 64
"""Most values that one caveat names, of all properties together."""
MOST_TEXT: Final = 256
_WHO: Final = {False: "holder", True: "every"}
Values = str | Sequence[str] | None


@dataclass(frozen=True, slots=True, init=False)
class Agent(Caveat):
    """Only if the holder, or with `every` each delegate of the chain, has an identity credential that says all this.

    `attested_by` are the DIDs whose word counts, at least one. Each property is a text, or several of which one must
    be said; None does not ask. One credential must say all of it. What it says is compared character by character.

    Raises `InputError` for no or more than 16 DIDs, and for values that are not 1 to 256 characters of text, or more
    than 64 in all.
    """

    attested_by: tuple[str, ...]
    every: bool
    properties: tuple[tuple[str, tuple[str, ...]], ...]
    """The names that are asked about, in ascending order, each with its values in ascending order."""
    over: ClassVar[tuple[str, ...]] = ("attested",)

    def __init__(
        self,
        *,
        attested_by: str | Sequence[str],
        every: bool = False,
        accountable: Values = None,
        capability: Values = None,
        digest: Values = None,
        kind: Values = None,
        model: Values = None,
        owner: Values = None,
        parent: Values = None,
        provider: Values = None,
        purpose: Values = None,
        stage: Values = None,
        version: Values = None,
    ) -> None:
        asked = (accountable, capability, digest, kind, model, owner, parent, provider, purpose, stage, version)
        properties = tuple(
            (name, _values(values, name)) for name, values in zip(NAMES, asked, strict=True) if values is not None
        )
        if sum(len(values) for _, values in properties) > MOST_VALUES:
            raise InputError(f"Agent: expected at most {MOST_VALUES} values in all")
        if type(every) is not bool:
            raise InputError(f"Agent: expected every=True or False, got {shown(every)}")
        object.__setattr__(self, "attested_by", _issuers(attested_by))
        object.__setattr__(self, "every", every)
        object.__setattr__(self, "properties", properties)

    @classmethod
    def of(cls, by: Sequence[str], every: bool, properties: Mapping[str, Sequence[str]]) -> Agent:
        """The caveat with these values by name. Raises `InputError`, also for a name that there is none."""
        strange = sorted(set(properties) - set(NAMES))
        if strange:
            raise InputError(f"Agent: expected {', '.join(NAMES)}, got {shown(strange[0])}")
        return cls(attested_by=by, every=every, **properties)

    def prohibits(self, facts: Facts) -> Denial | None:
        wanted = {name: frozenset(values) for name, values in self.properties}
        if all_meet(facts.attested, self.every, frozenset(self.attested_by), wanted):
            return None
        return self.denial("a use by an agent of whom nothing like that was shown")

    def render(self) -> Check:
        terms = [string(_WHO[self.every]), set_of(frozenset(map(scalar, self.attested_by)))]
        said = frozenset(scalar(f"{name}={value}") for name, values in self.properties for value in values)
        if said:
            terms.append(set_of(said))
        return (Query((Predicate("attested", tuple(terms)),), ()),)

    @classmethod
    def read(cls, check: Check) -> Agent:
        (_, who), dids, *said = check[0].body[0].terms
        properties: dict[str, list[str]] = {}
        for term in said:
            for text in set_values(term):
                name, _, value = str(text).partition("=")
                properties.setdefault(name, []).append(value)
        return cls.of([str(did) for did in set_values(dids)], who == _WHO[True], properties)

    def limit(self) -> str:
        agents = "through agents of each of whom" if self.every else "by an agent of whom"
        said = " and ".join(f"{name} {listed(values)}" for name, values in self.properties) or "it is theirs"
        by = " or ".join(bare(did) for did in self.attested_by[:8]) + (" ..." if len(self.attested_by) > 8 else "")
        return f"use {agents} {by} says: {said}"


def _issuers(by: str | Sequence[str]) -> tuple[str, ...]:
    dids = (by,) if isinstance(by, str) else by
    if not isinstance(dids, list | tuple) or not 0 < len(dids) <= MOST_ISSUERS:
        raise InputError(f"Agent: expected the DID that attests, or 1 to {MOST_ISSUERS} of them")
    for did in dids:
        if not isinstance(did, str) or not is_did(did):
            raise InputError(f"Agent: expected the DID that attests, got {shown(did)}")
    return tuple(sorted(set(dids)))


def _values(values: str | Sequence[str], name: str) -> tuple[str, ...]:
    several = (values,) if isinstance(values, str) else values
    if not isinstance(several, list | tuple) or not several:
        raise InputError(f"Agent: {name}: expected a text or a list of texts")
    for value in several:
        if not isinstance(value, str) or not 0 < len(value) <= MOST_TEXT:
            raise InputError(f"Agent: {name}: expected 1 to {MOST_TEXT} characters of text, got {shown(value)}")
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise InputError(f"Agent: {name}: text holds a lone surrogate")
    return tuple(sorted(set(several)))
