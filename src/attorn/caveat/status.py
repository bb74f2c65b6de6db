"""Caveats that hold only while somebody's list says so, and the list is fresh: Status, FreshList.

They are answered at step 7, from the lists that a verifier's store was given. Nobody else has their facts: a stock
engine denies, and so does a request that is cleared by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from attorn.canonical import MOST_INTEGER
from attorn.caveat.base import Caveat
from attorn.datalog import Check, Predicate, Query, Term, integer, string
from attorn.decision import Denial
from attorn.did.did import is_did
from attorn.display import bare, shown
from attorn.errors import InputError
from attorn.request.facts import Facts
from attorn.statement import Kind

KINDS: Final = ("token", "revocation", "suspension")
"""An IETF Token Status List; a Bitstring Status List for revocation, or for suspension."""
_MOST_URI: Final = 2048


class Standing(Caveat):
    """A caveat that step 7 answers, from a list that `signer` signed."""

    __slots__ = ()

    @property
    def signer(self) -> str:
        """The DID whose list it depends on."""
        raise NotImplementedError

    @property
    def about(self) -> tuple[Kind, str]:
        """What that list is kept under."""
        raise NotImplementedError

    def prohibits(self, facts: Facts) -> Denial | None:
        del facts
        return self.denial("a use whose status nobody has looked up")


def _check(name: str, *terms: Term) -> Check:
    return (Query((Predicate(name, terms),), ()),)


@dataclass(frozen=True, slots=True)
class Status(Standing):
    """Only while entry `index` of the status list at `uri`, signed by `issuer`, says valid.

    `kind` is `token` (IETF Token Status List), `revocation` or `suspension` (Bitstring Status List of that purpose).
    How old the list may be, the verifier says. Raises `InputError` for other values.
    """

    uri: str
    index: int
    issuer: str
    kind: str = "token"
    over: ClassVar[tuple[str, ...]] = ("status",)

    def __post_init__(self) -> None:
        uri = self.uri
        if not isinstance(uri, str) or len(uri) > _MOST_URI or not uri.isascii() or not uri.isprintable():
            raise InputError(f"Status: expected the URI of a status list, got {shown(uri)}")
        if " " in uri or ":" not in uri:
            raise InputError(f"Status: expected an absolute URI, got {shown(uri)}")
        if type(self.index) is not int or not 0 <= self.index <= MOST_INTEGER:
            raise InputError(f"Status: expected an index from 0 to 2**53 - 1, got {shown(self.index)}")
        if not is_did(self.issuer):
            raise InputError(f"Status: expected the DID of the list's issuer, got {shown(self.issuer)}")
        if self.kind not in KINDS:
            raise InputError(f"Status: expected one of {', '.join(KINDS)}, got {shown(self.kind)}")

    @property
    def signer(self) -> str:
        return self.issuer

    @property
    def about(self) -> tuple[Kind, str]:
        return Kind.STATUS, f"{self.kind} {self.uri}"

    def render(self) -> Check:
        return _check("status", string(self.kind), string(self.uri), integer(self.index), string(self.issuer))

    @classmethod
    def read(cls, check: Check) -> Status:
        (_, kind), (_, uri), (_, index), (_, issuer) = check[0].body[0].terms
        if not isinstance(index, int):
            raise InputError("Status: expected an integer")
        return cls(str(uri), index, str(issuer), str(kind))

    def limit(self) -> str:
        return f"use while entry {self.index} of the {self.kind} status list {bare(self.uri)} is valid"


@dataclass(frozen=True, slots=True)
class FreshList(Standing):
    """Only while a signed revocation list of `by` is known that is no older than the verifier accepts.

    The list itself is honoured wherever it is known; this makes knowing it a condition. Raises `InputError`.
    """

    by: str
    over: ClassVar[tuple[str, ...]] = ("fresh_list",)

    def __post_init__(self) -> None:
        if not is_did(self.by):
            raise InputError(f"FreshList: expected the DID that signs the list, got {shown(self.by)}")

    @property
    def signer(self) -> str:
        return self.by

    @property
    def about(self) -> tuple[Kind, str]:
        return Kind.LIST, self.by

    def render(self) -> Check:
        return _check("fresh_list", string(self.by))

    @classmethod
    def read(cls, check: Check) -> FreshList:
        ((_, by),) = check[0].body[0].terms
        return cls(str(by))

    def limit(self) -> str:
        return f"use while a fresh revocation list of {bare(self.by)} is known"
