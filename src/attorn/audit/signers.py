"""Who may sign in a log, and whether a receipt or a checkpoint is signed by one of them."""

from __future__ import annotations

from collections.abc import Iterable

from attorn.audit.checkpoint import Checkpoint
from attorn.audit.receipt import Receipt
from attorn.did.did import is_did
from attorn.did.document import Relationship
from attorn.did.resolver import LocalResolver, Resolver, live_document
from attorn.errors import InputError
from attorn.keys.public import PublicKey


class Signers:
    """The DIDs whose keys may sign: those that `resolver` lists for assertion, or those that `keys` names.

    Each DID is resolved once, when it is first met. Raises `InputError` for unusable arguments.
    """

    def __init__(
        self, dids: Iterable[str], resolver: Resolver | None, keys: dict[str, tuple[PublicKey, ...]] | None = None
    ) -> None:
        if isinstance(dids, str) or not isinstance(dids, Iterable):
            raise InputError("audit: expected the DIDs that may sign")
        self._dids = frozenset(dids)
        if not self._dids or not all(isinstance(did, str) and is_did(did) for did in self._dids):
            raise InputError("audit: expected the DIDs that may sign, at least one")
        if resolver is not None and not callable(getattr(resolver, "resolve", None)):
            raise InputError(f"resolver: expected something with resolve(did), got {type(resolver).__name__}")
        self._resolver = LocalResolver() if resolver is None else resolver
        self._keys = dict(keys or {})

    def flaw(self, signed: Receipt | Checkpoint) -> str | None:
        """What is wrong with who signed this, in words; None if nothing is.

        Raises `ResolutionError` or `UnavailableError` where a DID that may sign does not resolve.
        """
        if signed.by not in self._dids:
            return f"is signed by {signed.by}, who may not sign here"
        if signed.by not in self._keys:
            document = live_document(self._resolver, signed.by)
            self._keys[signed.by] = document.keys_for(Relationship.ASSERTION_METHOD)
        statement = signed.statement()
        if not any(key.verify(signed.signature, statement) for key in self._keys[signed.by]):
            return f"was edited, or not signed by {signed.by}: its signature does not verify"
        return None
