"""From verified evidence to a root link, and back to the user whom a chain says that it is about."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final, Protocol

from attorn.canonical import JsonValue, parse
from attorn.caveat import Actions, Caveat, Expires, Resources
from attorn.caveat.validity import moment
from attorn.errors import DelegationError, InputError, MalformedError, PossessionError
from attorn.handed import ask, members
from attorn.keys.jwk import thumbprint
from attorn.oauth.granted import KINDS, Evidence, VouchedUser
from attorn.token.token import Token
from attorn.verify.access import Access, Verified

Details = Callable[[Sequence[Mapping[str, JsonValue]]], Sequence[Caveat]]
_MEMBERS: Final = ("evidence", "iss", "sub", "digest")


class Minter(Protocol):
    """Whoever mints: an `Identity`."""

    def mint(self, *, to: str, caveats: Sequence[Caveat]) -> Token:
        """See `Identity.mint`."""


def mint_from_evidence(
    evidence: Evidence,
    *,
    by: Minter,
    to: str,
    caveats: Sequence[Caveat],
    scopes: Mapping[str, Collection[str]] | None = None,
    details: Details | None = None,
) -> Token:
    """The token for the agent `to`: no more than `caveats`, than the evidence grants, and no longer than it is good.

    `by` is a root that verifiers trust: the service, or its `pairwise` name for this user. `scopes` says which actions
    each scope stands for, `details` which caveats permit no more than an `authorization_details`; evidence with one of
    them needs it. `caveats` are the service's own: evidence may limit nothing but who the user is.

    Raises `InputError`, `DelegationError` where the evidence grants nothing that is known here, `PossessionError` where
    it is bound to another key than that of `to`, and as `Identity.mint` does.
    """
    if not isinstance(evidence, Evidence) or not callable(getattr(by, "mint", None)):
        raise InputError("mint_from_evidence: expected evidence that was verified, and an Identity that mints")
    if not isinstance(caveats, list | tuple) or not caveats:
        raise InputError("mint_from_evidence: expected a list of caveats, and one at least")
    ceiling: list[Caveat] = [evidence.vouched_user.write(), Expires(moment(evidence.expires))]
    if evidence.scope is not None:
        ceiling.append(_actions(evidence.scope, {} if scopes is None else scopes))
    if evidence.details is not None:
        said = evidence.details
        limits = [] if details is None else list(ask("details", lambda: tuple(details(said))))
        if not limits:
            raise DelegationError("mint_from_evidence: the evidence's authorization details have no meaning here")
        ceiling += limits
    if evidence.resources is not None:
        ceiling.append(Resources(*evidence.resources))
    token = by.mint(to=to, caveats=[*caveats, *ceiling])
    key = token.unverified_links[-1].to.key
    if evidence.jkt is not None and (key is None or thumbprint(key) != evidence.jkt):
        raise PossessionError("mint_from_evidence: the evidence is bound to another key")
    return token


def vouched_user(access: Access | Verified) -> VouchedUser | None:
    """On whose behalf the root of a verified chain says that it minted; None where it does not say.

    It is the root's word: believe only a root that mints from evidence. Raises `InputError` for a chain that nobody
    verified.
    """
    if not isinstance(access, Access | Verified):
        raise InputError(f"vouched_user: expected what a verifier returned, got {type(access).__name__}")
    try:
        said = parse(access.chain[0].purpose or "", most=2048, depth=2)
    except MalformedError:
        return None
    if not isinstance(said, dict) or set(said) != set(_MEMBERS) or said["evidence"] not in KINDS:
        return None
    texts = [value for name in _MEMBERS if isinstance(value := said[name], str)]
    return VouchedUser(*texts) if len(texts) == len(_MEMBERS) else None


def _actions(scope: Sequence[str], scopes: Mapping[str, Collection[str]]) -> Actions:
    known = members("scopes", scopes) if isinstance(scopes, Mapping) else None
    if known is None or any(isinstance(actions, str) for actions in known.values()):
        raise InputError("mint_from_evidence: expected scopes as a mapping of each to a list of actions")
    granted = ask("scopes", lambda: {action for each in scope for action in known.get(each, ())})
    if not granted:
        raise DelegationError("mint_from_evidence: no scope of the evidence has a meaning here")
    return Actions(*sorted(granted, key=str))
