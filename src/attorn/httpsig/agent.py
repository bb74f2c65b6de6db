"""Who sent a request, and nothing of what they may do."""

from __future__ import annotations

from dataclasses import dataclass

from attorn.did import key as did_key
from attorn.errors import InputError, PossessionError
from attorn.keys.public import PublicKey
from attorn.verify.access import Access


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """Who sent a request: whoever holds `key`, which `url` publishes. It says nothing of what they may do.

    `covered` are the components that they signed, `created` and `expires` Unix seconds.
    """

    url: str
    key: PublicKey
    keyid: str
    created: int
    expires: int
    covered: frozenset[str]

    @property
    def did(self) -> str:
        """The did:key of the key: it changes with the key, where the URL does not."""
        return did_key.encode(self.key)

    def require_holder(self, access: Access) -> None:
        """Return if the key that signed the request is that of the chain's holder.

        Raises `PossessionError` for another key, and `InputError` for what is no `Access`.
        """
        if not isinstance(access, Access):
            raise InputError(f"agent: expected an Access, got {type(access).__name__}")
        if access.chain[-1].to.key != self.key:
            raise PossessionError("the agent that signed the request is not the holder of the chain")
