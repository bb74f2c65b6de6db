"""Step 9 for what somebody must have approved: whose approvals count for this use, and which of them it uses up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

from attorn.approval import Approval, ApprovalRequest, ApprovalRequired
from attorn.approval.approval import MOST_BY_ONE, keys_of, require_signed, too_many_by_one
from attorn.caveat.approval import RequiresApproval
from attorn.decision import Decision, Denial
from attorn.did.resolver import Resolver
from attorn.did.subject import subject
from attorn.errors import Denied, DeprovisionedError, LimitError, MalformedError, SuspendedError
from attorn.keys.public import PublicKey
from attorn.request.facts import Facts
from attorn.statement import Kind
from attorn.store.counting import holdings
from attorn.store.ports import Ledger, Store
from attorn.token.discharge import Demand
from attorn.token.link import Link
from attorn.token.presentation import Presentation
from attorn.verify import standing
from attorn.verify.chain import VerifiedChain
from attorn.verify.standing import Rules

Asking: TypeAlias = tuple[Link, RequiresApproval]
"""A caveat that asks for approval of this very request, and the link that holds it."""
_STEP: Final = 9


class Spent(NamedTuple):
    """An approval that a caveat of a link takes for this use. The charge of step 10 uses it up.

    `others` are those whose approvals the caveat takes besides, as far as they are unused.
    """

    link: Link
    caveat: RequiresApproval
    approval: Approval
    others: frozenset[str]


@dataclass(frozen=True, slots=True)
class Approvals:
    """What a verifier judges approvals with: who says which keys a DID has, who is suspended, whose clock is right."""

    resolver: Resolver
    store: Store
    rules: Rules

    def spend(self, chain: VerifiedChain, presentation: Presentation, facts: Facts) -> tuple[Spent, ...]:
        """(9) The approvals that this use needs, all of which it has.

        Looked at are those by DIDs that are asked. One that is genuine but about another use, not good now, or by
        somebody who is suspended or was deprovisioned, does not count. Raises `Denied` where a ledger would be needed
        and there is none; `ApprovalRequired` for the first caveat that has too few; `MalformedError`, `LimitError`,
        `SignatureError`, `ResolutionError` or `UnavailableError` for an approval that is not, or may not be, genuine.
        """
        approvals = _read(presentation.unverified_approvals)
        asked = _asking(chain, presentation.demands, facts)
        if not asked:
            return ()
        if not isinstance(self.store, Ledger):
            # Before anybody is asked: whatever they approve would be refused.
            link, caveat = asked[0]
            unkept = caveat.denial("a use with an approval, which this verifier has no ledger to use up")
            raise Denied(Decision(False, _STEP, link.position, link.delegator, link.delegate, unkept))
        named = {did for _, caveat in asked for did in caveat.by}
        good = self._good(chain, [approval for approval in approvals if approval.by in named], facts)
        told = Facts(
            facts.request,
            audience=facts.audience,
            now=facts.now,
            depth=facts.depth,
            approved=frozenset(approval.by for approval in good),
        )
        for link, caveat in asked:
            denial = caveat.prohibits(told)
            if denial is not None:
                approved = told.approved.intersection(caveat.by)
                raise required(chain, (link, caveat), facts, denial, approved=approved)
        return _taken(asked, good, _used(self.store, good) if good else frozenset())

    def _good(self, chain: VerifiedChain, approvals: Sequence[Approval], facts: Facts) -> list[Approval]:
        """Those that count, in the order in which they travelled."""
        found: list[Approval] = []
        keys: dict[str, tuple[PublicKey, ...]] = {}
        root, holder, digest = chain.links[0].delegator, chain.links[-1].delegate, facts.request.digest()
        for approval in approvals:
            if approval.by not in keys:
                keys[approval.by] = keys_of(approval.by, self.resolver)
            require_signed(approval, keys[approval.by])
            this = approval.is_about(audience=facts.audience, root=root, holder=holder, digest=digest)
            if this and approval.is_good(facts.now, self.rules.skew):
                found.append(approval)
        barred = self._barred({approval.by for approval in found}) if found else ()
        return [approval for approval in found if approval.by not in barred]

    def _barred(self, dids: Iterable[str]) -> set[str]:
        """Who of them was deprovisioned or suspended, by itself or by an authority."""
        entitled = self.rules.authorities.union(dids)
        subjects = {did: (Kind.LIFECYCLE, subject(did)) for did in dids}
        said = standing.by_subject(standing.known(self.store, list(subjects.values()), entitled))
        found: set[str] = set()
        for did, about in subjects.items():
            try:
                standing.check_life(did, said.get(about, ()), self.rules.authorities | {did})
            except (DeprovisionedError, SuspendedError):
                found.add(did)
        return found


def required(
    chain: VerifiedChain, asking: Asking, facts: Facts, denial: Denial, *, approved: frozenset[str], step: int = _STEP
) -> ApprovalRequired:
    """The error that names the link, and hands whoever gets it what to ask of those who have not approved yet."""
    link, caveat = asking
    others = tuple(did for did in caveat.by if did not in approved)
    first, last = chain.links[0], chain.links[-1]
    more = caveat.threshold - len(approved)
    asked = ApprovalRequest(
        approvers=others,
        threshold=more,
        audience=facts.audience,
        root=first.delegator,
        holder=last.delegate,
        request=facts.request,
    )
    return ApprovalRequired(Decision(False, step, link.position, link.delegator, link.delegate, denial), asked)


def _used(ledger: Ledger, approvals: Sequence[Approval]) -> frozenset[str]:
    """The accounts of those that were used already. Raises `UnavailableError`."""
    accounts = [approval.account for approval in approvals]
    held = holdings(ledger, accounts)
    return frozenset(account for account in accounts if held.get(account))


def _taken(asked: Sequence[Asking], good: Sequence[Approval], used: frozenset[str]) -> tuple[Spent, ...]:
    """What each caveat takes: unused approvals before used ones, else in the order in which they travelled.

    A use that is tried again under its key finds its own approvals used, and is charged for them once: so used ones
    are taken where there are too few others, and the ledger decides.
    """
    best: dict[str, Approval] = {}
    ordered = sorted(good, key=lambda approval: approval.account in used)
    for approval in ordered:
        best.setdefault(approval.by, approval)
    spent: list[Spent] = []
    for link, caveat in asked:
        chosen = [approval for by, approval in best.items() if by in caveat.by][: caveat.threshold]
        unused = frozenset(approval.by for approval in chosen if approval.account not in used)
        spent += [Spent(link, caveat, approval, unused - {approval.by}) for approval in chosen]
    return tuple(spent)


def _asking(chain: VerifiedChain, demands: Sequence[Demand], facts: Facts) -> list[Asking]:
    """The caveats of links, and then of discharges, that ask for approval of this request."""
    found = list(chain.approvals)
    for position, caveat in demands:
        if isinstance(caveat, RequiresApproval):
            found.append((chain.links[position - 1], caveat))
    return [(link, caveat) for link, caveat in found if caveat.concerns(facts)]


def _read(texts: Sequence[str]) -> tuple[Approval, ...]:
    """The approvals that travelled with a presentation, none twice. Raises `MalformedError` and `LimitError`."""
    try:
        found = tuple(map(Approval.decode, texts))
    except MalformedError as error:
        raise MalformedError(str(error), step=_STEP) from None
    if len({(approval.by, approval.id) for approval in found}) != len(found):
        raise MalformedError("an approval is there twice", step=_STEP)
    if too_many_by_one(found):
        raise LimitError(f"expected at most {MOST_BY_ONE} approvals by one DID", step=_STEP)
    return found
