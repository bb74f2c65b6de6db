"""What a verifier hands back: first a verified presentation, then, once its caveats are cleared, access."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from attorn.caveat.validity import Expires, moment
from attorn.decision import Decision
from attorn.encoding import base64url_encode
from attorn.errors import VerificationError
from attorn.request.request import Request
from attorn.store.ports import Retry
from attorn.token.link import Link


@dataclass(frozen=True, slots=True, kw_only=True)
class _Presented:
    """What both say: whose authority it is, through whom, and who asked for what, where and when."""

    chain: tuple[Link, ...]
    request: Request
    audience: str
    at: datetime

    @property
    def root(self) -> str:
        """The DID of the user whose authority this is."""
        return self.chain[0].delegator

    @property
    def holder(self) -> str:
        """The DID that made the request."""
        return self.chain[-1].delegate

    @property
    def expires(self) -> datetime | None:
        """From when on a link of the chain is no longer valid; None if that is never."""
        ends = [caveat.second for link in self.chain for caveat in link.caveats if isinstance(caveat, Expires)]
        return moment(min(ends)) if ends else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleared(_Presented):
    """A request that no caveat of a verified chain prohibits. Nothing is charged for it yet, and nothing permitted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access(_Presented):
    """One permitted request: who it leads back to, through whom, and who used it.

    `repeated` says that this is a use which was charged before and is now tried again, under the same idempotency key:
    give the answer that was kept under `retry_key`, and act only if there is none. `retry_key` is what this use, and no
    other, is known by each time it is tried: keep its answer under that. None where it cannot be tried again.
    """

    decision: Decision
    repeated: bool = False
    retry_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified(_Presented):
    """A genuine presentation of a chain that is valid now (steps 0 to 8). It permits nothing until it is cleared."""

    _clear: Callable[[], Access] = field(repr=False, compare=False)
    _lasting: Callable[[Request, str], None] = field(repr=False, compare=False)
    _require: Callable[[Callable[[], object], VerificationError], None] = field(repr=False, compare=False)

    def clear(self) -> Access:
        """Steps 9 and 10: every caveat of every link, then what it costs. A second call charges again.

        Steps 6 and 7 are asked once more, as time has passed. Raises `Denied`, which names the link and the limit, what
        those steps raise, or `UnavailableError`.
        """
        return self._clear()

    def require(self, holds: Callable[[], object], otherwise: VerificationError) -> None:
        """Return if what the host asks besides answers True. For adapters: a refusal leaves its receipt, as any does.

        Raises `otherwise` for any other answer, and `UnavailableError` if there is none.
        """
        self._require(holds, otherwise)

    def require_lasting(self, request: Request, *, audience: str) -> None:
        """Steps 6, 7 and 9 for another request: return if the chain permits it again and again, here and at `audience`.

        For whoever issues something that stands for the chain elsewhere, and must not outlive `expires`. Without
        arguments, it is whether they may be any; and what is permitted for a resource, is for all below it. Nothing is
        charged: a limit on uses, or an approval, denies. Raises `Denied`, what those steps raise, or
        `UnavailableError`.
        """
        self._lasting(request, audience)


@dataclass(frozen=True, slots=True, kw_only=True)
class Joint:
    """One request that each of several users permits: an access for each, in the order of the presentations.

    `readers` are those who were said to read the answer, each of whom is one of the users; None if nobody asked.
    """

    accesses: tuple[Access, ...]
    readers: frozenset[str] | None = None

    @property
    def roots(self) -> tuple[str, ...]:
        """The DIDs of the users."""
        return tuple(access.root for access in self.accesses)

    @property
    def holder(self) -> str:
        """The DID that made the request, with the authority of all of them."""
        return self.accesses[0].holder

    @property
    def repeated(self) -> bool:
        """Whether this use was charged before, to all of them: see `Access`."""
        return self.accesses[0].repeated

    @property
    def retry_key(self) -> str | None:
        """What the answer to this use is to be kept under, for all of them: see `Access`."""
        return self.accesses[0].retry_key


def key_text(retry: Retry | None) -> str | None:
    """The key that the ledger knows a use by, as text."""
    return None if retry is None else base64url_encode(retry.key)
