"""An issuer's register of the agents it answers for: enrolled, handed over, suspended, resumed and deprovisioned."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from threading import RLock
from typing import Final, Self

from attorn.agent.issuing import issue
from attorn.agent.profile import AgentProfile
from attorn.canonical import JsonValue, canonicalise, parse
from attorn.clock import Clock, system_clock
from attorn.credential import Securing
from attorn.did.did import is_did
from attorn.display import shown
from attorn.errors import CredentialError, InputError, MalformedError
from attorn.keys.signer import Signatory, require_signatory
from attorn.revocation import LifecycleEntry, deprovision, enrol, resume, suspend
from attorn.status import SUSPENDED, VALID, ListKind, Publisher, TokenReference

LIFETIME: Final = timedelta(days=30)
_VERSION: Final = 1
_MOST_STATE: Final = 64 << 20
_MEMBERS: Final = {"alias_of", "ended", "index", "profile", "securing"}
_FORMS: Final = (Securing.JOSE, Securing.SD_JWT)
"""Forms beside which the status of a token list can stand."""


@dataclass(frozen=True, slots=True)
class Record:
    """One agent of a register: what is said of it, at which entry of the list, and whether it has been ended.

    `alias_of` is the DID of the agent of which this is another name, for one audience; only the issuer knows.
    `securing` is the form of its credentials: one that replaces an SD-JWT must not show what that one could hide.
    """

    profile: AgentProfile
    index: int
    alias_of: str | None = None
    ended: bool = False
    securing: Securing = Securing.JOSE


class Register:
    """The agents that `by` answers for, whose status stands in the token list of `publisher`.

    The publisher is the caller's, who publishes its list and keeps its state; entries need two bits, so that an agent
    can be suspended. Credentials are good for `lifetime`. Whoever restarts a register restores it with `decode` from
    what `encode` gave after the last change. Methods may be called from several threads. Raises `InputError`.
    """

    def __init__(
        self, *, by: Signatory, publisher: Publisher, lifetime: timedelta = LIFETIME, clock: Clock = system_clock
    ) -> None:
        by = require_signatory(by, "register")
        if not isinstance(publisher, Publisher) or publisher.kind is not ListKind.TOKEN or publisher.bits < 2:
            raise InputError("register: expected the publisher of a token list with entries of two bits or more")
        if not isinstance(lifetime, timedelta) or lifetime < timedelta(seconds=1):
            raise InputError("register: expected a lifetime of a second or more")
        self._by = by
        self._publisher = publisher
        self._lifetime = lifetime
        self._clock = clock
        self._records: dict[str, Record] = {}
        self._lock = RLock()

    def __iter__(self) -> Iterator[Record]:
        """The records, in the order in which the agents were enrolled."""
        with self._lock:
            return iter(tuple(self._records.values()))

    def record(self, did: str) -> Record:
        """What the register holds of an agent. Raises `InputError` for one that it does not know."""
        with self._lock:
            found = self._records.get(did) if isinstance(did, str) else None
        if found is None:
            raise InputError(f"register: {shown(did)} is not enrolled")
        return found

    def enrol(
        self, profile: AgentProfile, *, securing: Securing = Securing.JOSE, alias_of: str | None = None
    ) -> tuple[str, LifecycleEntry]:
        """The agent's first credential, and the signed entry that says it is known.

        `alias_of` is the enrolled agent whose name for one audience this is: it shares its fate. Raises `InputError`
        for an agent that is known already, for another name of one that is suspended or is such a name itself, and as
        `issue` does.
        """
        if not isinstance(profile, AgentProfile):
            raise InputError(f"register: expected an AgentProfile, got {type(profile).__name__}")
        with self._lock:
            if profile.id in self._records:
                raise InputError(f"register: {shown(profile.id)} is enrolled already")
            if alias_of is not None:
                self._require_nameable(self.record(alias_of))
            record = Record(profile, self._publisher.allocate().index, alias_of, securing=_form(securing))
            entry = enrol(profile.id, by=self._by, clock=self._clock)
            text = self._issued(record)
            self._records[profile.id] = record
        return text, entry

    def renew(self, did: str, *, securing: Securing | None = None) -> str:
        """A credential that says the same, good from now on; the earlier ones stay good as long as they said.

        It has the form of the one before, and so will those after it, unless `securing` names another. Raises
        `InputError` for an agent that is not known or has been deprovisioned, and as `issue` does.
        """
        with self._lock:
            record = self.record(did)
            self._require_going(record)
            record = replace(record, securing=record.securing if securing is None else _form(securing))
            text = self._issued(record)
            self._records[did] = record
        return text

    def change(self, profile: AgentProfile, *, securing: Securing | None = None) -> str:
        """A credential that says `profile` of the agent that it is about; all earlier ones are revoked.

        Its form is as with `renew`. Raises as `renew` does, and `InputError` while the agent is suspended: a new entry
        would resume it.
        """
        if not isinstance(profile, AgentProfile):
            raise InputError(f"register: expected an AgentProfile, got {type(profile).__name__}")
        with self._lock:
            before = self.record(profile.id)
            self._require_going(before)
            self._require_valid(before)
            form = before.securing if securing is None else _form(securing)
            record = replace(before, profile=profile, index=self._publisher.allocate().index, securing=form)
            text = self._issued(record)
            self._publisher.revoke(before.index)
            self._records[profile.id] = record
        return text

    def transfer(self, did: str, *, owner: str, accountable: str | None, securing: Securing | None = None) -> str:
        """A credential by which the agent belongs to `owner` and `accountable` answers for it; as `change`."""
        return self.change(replace(self.record(did).profile, owner=owner, accountable=accountable), securing=securing)

    def suspend(self, did: str) -> tuple[LifecycleEntry, ...]:
        """Suspends the agent under every name that it has; the signed entries for verifiers. Raises `InputError`."""
        return self._each(
            did,
            lambda record: suspend(record.profile.id, by=self._by, clock=self._clock),
            lambda record: self._publisher.suspend(record.index),
        )

    def resume(self, did: str) -> tuple[LifecycleEntry, ...]:
        """Ends the suspension under every name; the signed entries for verifiers. Raises `InputError`."""
        return self._each(
            did,
            lambda record: resume(record.profile.id, by=self._by, clock=self._clock),
            lambda record: self._publisher.resume(record.index),
        )

    def deprovision(self, did: str) -> tuple[LifecycleEntry, ...]:
        """Ends the agent under every name, for good; the signed entries for verifiers. Raises `InputError`."""
        return self._each(
            did, lambda record: deprovision(record.profile.id, by=self._by, clock=self._clock), self._ended
        )

    def encode(self) -> bytes:
        """All that the register must remember, as JSON. It holds no key, and says which names are one agent."""
        with self._lock:
            records: list[JsonValue] = [
                {
                    "alias_of": record.alias_of,
                    "ended": record.ended,
                    "index": record.index,
                    "profile": record.profile.subject(),
                    "securing": str(record.securing),
                }
                for record in self._records.values()
            ]
        return canonicalise({"records": records, "version": _VERSION})

    @classmethod
    def decode(
        cls,
        state: bytes,
        *,
        by: Signatory,
        publisher: Publisher,
        lifetime: timedelta = LIFETIME,
        clock: Clock = system_clock,
    ) -> Self:
        """The register that `encode` described. Raises `MalformedError` for anything else, and `InputError`."""
        made = cls(by=by, publisher=publisher, lifetime=lifetime, clock=clock)
        members = parse(state, most=_MOST_STATE)
        records = members.get("records") if isinstance(members, dict) else None
        if members != {"records": records, "version": _VERSION} or not isinstance(records, list):
            raise MalformedError("register: not the state of one")
        for each in records:
            record = _record(each)
            if record.profile.id in made._records:
                raise MalformedError("register: an agent is there twice")
            of = made._records.get(record.alias_of) if record.alias_of is not None else None
            if record.alias_of is not None and (of is None or of.alias_of is not None):
                raise MalformedError("register: expected alias_of as an agent before it")
            made._records[record.profile.id] = record
        return made

    def _issued(self, record: Record) -> str:
        reference = TokenReference(self._publisher.uri, record.index)
        return issue(
            record.profile,
            by=self._by,
            lifetime=self._lifetime,
            status=[reference],
            securing=record.securing,
            clock=self._clock,
        )

    def _each(
        self, did: str, sign: Callable[[Record], LifecycleEntry], act: Callable[[Record], None]
    ) -> tuple[LifecycleEntry, ...]:
        """What `sign` made of the agent and of its other names that have not ended, once `act` did it to each."""
        with self._lock:
            self._require_going(self.record(did))
            named = [record for record in self._records.values() if did in (record.profile.id, record.alias_of)]
            names = [record for record in named if not record.ended]
            # All is signed before anything is done: a signer that fails half way must leave no name behind.
            entries = tuple(sign(record) for record in names)
            for record in names:
                act(record)
            return entries

    def _ended(self, record: Record) -> None:
        self._publisher.revoke(record.index)
        self._records[record.profile.id] = replace(record, ended=True)

    def _require_nameable(self, record: Record) -> None:
        self._require_going(record)
        self._require_valid(record)
        if record.alias_of is not None:
            raise InputError(f"register: {shown(record.profile.id)} is another name of an agent; expected its own")

    def _require_valid(self, record: Record) -> None:
        # A new entry would be valid whatever became of the old one.
        value = self._publisher.value(record.index)
        if value == SUSPENDED:
            raise InputError("register: the agent is suspended; resume it first")
        if value != VALID:
            raise InputError("register: the list says that the agent has ended; this state is older than the list")

    def _require_going(self, record: Record) -> None:
        if record.ended:
            raise InputError(f"register: {shown(record.profile.id)} has been deprovisioned")


def _form(securing: Securing) -> Securing:
    if not isinstance(securing, Securing) or securing not in _FORMS:
        raise InputError(f"register: expected securing as {' or '.join(_FORMS)}")
    return securing


def _record(members: JsonValue) -> Record:
    if not isinstance(members, dict) or set(members) != _MEMBERS:
        raise MalformedError("register: not a record")
    profile, index, alias_of, ended = (members[name] for name in ("profile", "index", "alias_of", "ended"))
    if type(index) is not int or index < 0 or type(ended) is not bool or not isinstance(profile, dict):
        raise MalformedError("register: not a record")
    if alias_of is not None and not (isinstance(alias_of, str) and is_did(alias_of)):
        raise MalformedError("register: expected alias_of as a DID")
    if members["securing"] not in _FORMS:
        raise MalformedError(f"register: expected securing as {' or '.join(_FORMS)}")
    try:
        return Record(AgentProfile.read(profile), index, alias_of, ended, Securing(members["securing"]))
    except CredentialError as error:
        raise MalformedError(str(error)) from None
