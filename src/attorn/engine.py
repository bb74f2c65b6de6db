"""The stock Biscuit engine as a second opinion: same bytes, same facts, another implementation's verdict.

The engine is never fed a block that attorn's own codec did not admit, and never an untrusted text: facts go in as
parameters. It does not bound its work by itself, and it panics on some input (`BaseException`); both end here.
This is the only module that imports `biscuit_auth`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

from biscuit_auth import (
    AuthorizationError,
    AuthorizerBuilder,
    Biscuit,
    BiscuitValidationError,
    Fact,
    Policy,
)
from biscuit_auth import PublicKey as StockKey

from attorn.biscuit.admission import admit
from attorn.biscuit.container import Container, ProofKind
from attorn.caveat.agent import Agent
from attorn.caveat.approval import RequiresApproval
from attorn.caveat.unrecognised import Unrecognised
from attorn.caveat.validity import Expires, MaxDepth, NotBefore
from attorn.clock import LATEST
from attorn.datalog import DATE, STRING, Predicate, Term, octets, string
from attorn.decision import Decision
from attorn.display import shown
from attorn.errors import (
    AttornError,
    ChainError,
    Denied,
    EngineError,
    ExpiredError,
    InputError,
    MalformedError,
    NotAdmittedError,
    PossessionError,
    SignatureError,
    UntrustedRootError,
    WrongRequestError,
)
from attorn.keys import ecdsa
from attorn.keys.public import Algorithm, PublicKey
from attorn.limits import Limits
from attorn.request.attested import Attested
from attorn.request.facts import Asked, Facts
from attorn.request.request import Request
from attorn.token import chain as chains
from attorn.token import presentation as presentations
from attorn.token.chain import UnverifiedChain
from attorn.token.link import Link
from attorn.token.presentation import Presentation
from attorn.token.token import read_container, read_text

LEAST_PATIENCE: Final = timedelta(milliseconds=100)
_MOST_FACTS: Final = 1_000_000
_MOST_ITERATIONS: Final = 1_000
# The engine lists failed checks in the order of blocks; what follows the second colon is untrusted text.
_REFUSED = re.compile(
    r"authorization failed: an allow policy matched \(policy index: 0\), and the following checks failed: "
    r"Check n°([0-9]{1,6}) in block n°([0-9]{1,6}): "
)
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Admitted:
    """A sealed presentation whose every block is in the profile. Nothing in it has been verified."""

    data: bytes
    chain: UnverifiedChain
    presentation: Presentation


class StockEngine:
    """`limits` bound what is admitted, `patience` (at least 100 ms) how long the engine may take for one verdict.

    The engine's own default of 1 ms is missed by honest tokens on an idle machine.
    """

    __slots__ = ("_limits", "_patience")

    def __init__(self, *, limits: Limits | None = None, patience: timedelta = timedelta(seconds=1)) -> None:
        if not isinstance(patience, timedelta) or patience < LEAST_PATIENCE:
            raise InputError(f"patience: expected at least {LEAST_PATIENCE}, got {shown(patience)}")
        if limits is not None and not isinstance(limits, Limits):
            raise InputError(f"limits: expected Limits, got {type(limits).__name__}")
        self._limits = limits or Limits()
        self._patience = patience

    def read(self, wire: str) -> Admitted:
        """The presentation in `wire`, admitted: for its id, which a verifier looks up before it supplies `nonce`.

        Raises `VerificationError` kinds; `NotAdmittedError` for a check that stands for no caveat.
        """
        container = read_container(read_text(wire, self._limits), self._limits)
        if container.proof is not ProofKind.SEAL or len(container.blocks) < 2:
            raise PossessionError("expected a sealed presentation of at least one link")
        _require_one_form(container)
        *blocks, last = container.blocks
        chain = chains.read(tuple(blocks), self._limits)
        for link in chain.links:
            if any(isinstance(caveat, Unrecognised) for caveat in link.caveats):
                raise NotAdmittedError(f"link {link.position} holds a check that stands for no caveat")
        block = admit(last.payload, chain.symbols, self._limits)
        if any(fact.name == "link" for fact in block.facts):
            raise PossessionError("sealed without a presentation block")
        if last.next_key != blocks[-1].next_key:
            raise ChainError("the presentation names another next key than the holder's")
        return Admitted(container.encode(), chain, presentations.read(block))

    def authorize(
        self,
        wire: str,
        request: Request,
        *,
        root: PublicKey,
        audience: str,
        now: int,
        nonce: bytes,
        depth: int | None = None,
        challenge: str | None = None,
        approved: Collection[str] = (),
        attested: Sequence[Collection[Attested]] = (),
    ) -> None:
        """Return if the stock engine finds every signature genuine and every check of every block fulfilled.

        `root` is the key of the user, `now` a Unix second, `nonce` the presentation id that the caller found unused,
        `depth` the number of links after the first (default: as admitted), `approved` the DIDs whose approvals the
        caller found good, `attested` what credentials that it found good say of each delegate, the holder last. Trust
        in the root, DIDs that must be resolved, revocation, memory of presentations, approvals and credentials
        themselves and charges are not the engine's: a counted caveat denies.

        Raises `Denied` or a `VerificationError` as attorn's verifier does, `EngineError` if it could not be decided,
        `InputError` for unusable arguments.
        """
        if not isinstance(request, Request) or not isinstance(root, PublicKey):
            raise InputError("authorize: expected a Request and the root's PublicKey")
        presentations.words(audience, "audience")
        if challenge is not None:
            presentations.words(challenge, "challenge")
        _require_numbers(now, nonce, depth)
        admitted = self.read(wire)
        links = admitted.chain.links
        if links[0].by.key not in (None, root):
            raise UntrustedRootError("the chain names another root than the key handed in")
        deep = len(links) - 1 if depth is None else depth
        facts = Facts(
            request,
            audience=audience,
            now=now,
            depth=deep,
            approved=_dids(approved),
            attested=_said(attested),
        )
        asked = facts.statements(_globs(links), _approvals(links), _attestations(links))
        statements = [*asked, Predicate("nonce", (octets(nonce),))]
        if challenge is not None:
            statements.append(Predicate("challenge", (string(challenge),)))
        try:
            token = _contained(lambda: Biscuit.from_bytes(admitted.data, _stock_key(root)))
        except BiscuitValidationError:
            raise SignatureError("the stock engine finds a signature that does not verify") from None
        try:
            _contained(lambda: self._run(token, statements))
        except AuthorizationError as error:
            raise _refusal(str(error), links) from None

    def _run(self, token: Biscuit, statements: list[Predicate]) -> None:
        builder: Any = AuthorizerBuilder()  # its stubs leave out the limits
        for statement in statements:
            builder.add_fact(_fact(statement))
        builder.add_policy(Policy("allow if true"))
        limits = builder.limits()
        limits.max_facts = _MOST_FACTS
        limits.max_iterations = _MOST_ITERATIONS
        limits.max_time = self._patience
        builder.set_limits(limits)
        if builder.build(token).authorize() != 0:
            raise EngineError("the stock engine matched a policy that it was not given")


def _require_numbers(now: int, nonce: bytes, depth: int | None) -> None:
    if type(now) is not int or not 0 <= now <= LATEST:
        raise InputError(f"now: expected a Unix second before the year 10000, got {shown(now)}")
    if not isinstance(nonce, bytes):
        raise InputError(f"nonce: expected bytes, got {type(nonce).__name__}")
    if depth is not None and (type(depth) is not int or not 0 <= depth <= LATEST):
        raise InputError(f"depth: expected a number of links, got {shown(depth)}")


def _require_one_form(container: Container) -> None:
    """Refuse the signature forms that the stock engine accepts and attorn does not. Raises `SignatureError`."""
    signer = None
    for block in container.blocks:
        if block.version != 1 or block.external is not None:
            raise SignatureError("expected signature version 1 and no external signature")
        _require_low_s(signer, block.signature)
        signer = block.next_key
    _require_low_s(signer, container.proof_bytes)


def _require_low_s(signer: PublicKey | None, signature: bytes) -> None:
    # The first block's signer is the root, whose algorithm shows in the length: DER takes more than 64 bytes.
    if signer is None and len(signature) == 64:
        return
    if signer is None or signer.algorithm is Algorithm.P256:
        try:
            ecdsa.der_to_raw(signature)
        except MalformedError as error:
            raise SignatureError(f"a P-256 signature that is not in its one form: {error}") from None


def _dids(approved: Collection[str]) -> frozenset[str]:
    if not isinstance(approved, list | tuple | set | frozenset) or not all(isinstance(did, str) for did in approved):
        raise InputError("approved: expected a list of DIDs")
    return frozenset(approved)


def _globs(links: tuple[Link, ...]) -> list[tuple[str, str]]:
    """The (argument, pattern) pairs that the checks of a chain ask about."""
    asked = [predicate.terms for predicate in _predicates(links) if predicate.name == "glob"]
    return list(dict.fromkeys((str(name), str(pattern)) for (_, name), (_, pattern), *_ in asked))


def _approvals(links: tuple[Link, ...]) -> list[tuple[int, frozenset[str]]]:
    """The (threshold, DIDs) pairs that the checks of a chain ask about."""
    asked = [caveat for link in links for caveat in link.caveats if isinstance(caveat, RequiresApproval)]
    return list(dict.fromkeys((caveat.threshold, frozenset(caveat.by)) for caveat in asked))


def _said(attested: Sequence[Collection[Attested]]) -> tuple[frozenset[Attested], ...]:
    if not isinstance(attested, list | tuple) or not all(
        isinstance(said, list | tuple | frozenset) for said in attested
    ):
        raise InputError("attested: expected for each delegate a list of Attested")
    if not all(isinstance(each, Attested) for said in attested for each in said):
        raise InputError("attested: expected for each delegate a list of Attested")
    return tuple(map(frozenset, attested))


def _attestations(links: tuple[Link, ...]) -> list[Asked]:
    """What the checks of a chain ask of the holder, or of every delegate."""
    asked = [caveat for link in links for caveat in link.caveats if isinstance(caveat, Agent)]
    said = [frozenset(f"{name}={value}" for name, values in each.properties for value in values) for each in asked]
    return list(
        dict.fromkeys((each.every, frozenset(each.attested_by), what) for each, what in zip(asked, said, strict=True))
    )


def _predicates(links: tuple[Link, ...]) -> Iterator[Predicate]:
    """Every predicate in the checks of a chain."""
    for link in links:
        for caveat in link.caveats:
            rendered = caveat.render()
            for query in () if isinstance(rendered, Predicate) else rendered:
                yield from query.body


def _stock_key(key: PublicKey) -> StockKey:
    algorithm = "ed25519" if key.algorithm is Algorithm.ED25519 else "secp256r1"
    return StockKey(f"{algorithm}/{key.data.hex()}")


def _fact(predicate: Predicate) -> Fact:
    """A fact of ours for the engine. Names are constants of attorn; every value is bound as a parameter."""
    names = [f"p{index}" for index in range(len(predicate.terms))]
    template = f"{predicate.name}({', '.join('{' + name + '}' for name in names)})"
    return Fact(template, dict(zip(names, map(_parameter, predicate.terms), strict=True)))


def _parameter(term: Term) -> Any:
    kind, value = term
    if isinstance(value, tuple):
        return {_parameter(member) for member in value}
    if kind == DATE and isinstance(value, int):
        return datetime.fromtimestamp(value, UTC)
    return str(value) if kind == STRING else value


def _contained(work: Callable[[], _Result]) -> _Result:
    """What `work` returns; a native panic or an unexpected error becomes `EngineError`."""
    try:
        return work()
    except (KeyboardInterrupt, SystemExit, AuthorizationError, BiscuitValidationError, AttornError):
        raise
    except BaseException as error:  # pyo3's PanicException is no Exception
        raise EngineError(f"the stock engine failed with {type(error).__name__}") from error


def _refusal(message: str, links: Iterable[Link]) -> AttornError:
    """What a failed authorisation means: which link's caveat, or the presentation, or that nothing was decided."""
    match = _REFUSED.match(message)
    if match is None:
        return EngineError("the stock engine reached its limits or could not evaluate a check")
    number, block = int(match[1]), int(match[2])
    link = next((link for link in links if link.position == block + 1), None)
    if link is None:
        return WrongRequestError("made for another request, audience, time or challenge, or used before")
    checks = [caveat for caveat in link.caveats if not isinstance(caveat.render(), Predicate)]
    if number >= len(checks):
        return EngineError("the stock engine names a check that no block holds")
    caveat = checks[number]
    if isinstance(caveat, Expires | NotBefore):
        return ExpiredError(f"link {link.position} may only {caveat.limit()}")
    if isinstance(caveat, MaxDepth):
        return ChainError(f"link {link.position} allows only {caveat.limit()}")
    denial = caveat.denial("what the stock engine was told of it")
    return Denied(Decision(False, 9, link.position, link.delegator, link.delegate, denial))
