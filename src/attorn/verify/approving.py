"""Step 9 for what somebody must have approved: whose approvals count for this use, and which of them it uses up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

from attorn.approval import Approval, ApprovalRequest, ApprovalRequired, verify
from attorn.caveat.approval import RequiresApproval
from attorn.decision import Decision, Denial
from attorn.did.resolver import Resolver
from attorn.did.subject import subject
from attorn.errors import DeprovisionedError, MalformedError, SuspendedError
from attorn.request.facts import Facts
from attorn.statement import Kind
from attorn.store.ports import Store
from attorn.token.discharge import Condition
from attorn.token.link import Link
from attorn.token.presentation import Presentation
from attorn.verify import standing
from attorn.verify.chain import VerifiedChain
from attorn.verify.standing import Rules

Asking: TypeAlias = tuple[Link, RequiresApproval]
"""A caveat that asks for approval of this very request, and the link that holds it."""
_STEP: Final = 9


class Spent(NamedTuple):
    """An approval that a caveat needs for this use, to be used up with it, and who else's the caveat needs."""

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
        somebody who is suspended or was deprovisioned, does not count. Raises `ApprovalRequired` for the first caveat
        that has too few; `MalformedError`, `SignatureError`, `ResolutionError` or `UnavailableError` for an approval
        that is not, or may not be, genuine.
        """
        approvals = _read(presentation.approvals)
        asked = _asking(chain, presentation.conditions, facts)
        named = {did for _, caveat in asked for did in caveat.by}
        good = self._good(chain, [approval for approval in approvals if approval.by in named], facts)
        spent: list[Spent] = []
        for link, caveat in asked:
            count = [approval for approval in good if approval.by in caveat.by]
            if len(count) < caveat.threshold:
                approved = frozenset(approval.by for approval in count)
                raise required(chain, (link, caveat), facts, caveat.lacking(approved), approved=approved)
            chosen = count[: caveat.threshold]
            by = frozenset(approval.by for approval in chosen)
            spent += [Spent(link, caveat, approval, by - {approval.by}) for approval in chosen]
        return tuple(spent)

    def _good(self, chain: VerifiedChain, approvals: Sequence[Approval], facts: Facts) -> list[Approval]:
        """Those that count, at most one by each approver, in the order in which they travelled."""
        found: dict[str, Approval] = {}
        root, holder, digest = chain.links[0].delegator, chain.links[-1].delegate, facts.request.digest()
        for approval in approvals:
            verify(approval, self.resolver)
            this = approval.is_about(audience=facts.audience, root=root, holder=holder, digest=digest)
            if this and approval.is_good(facts.now, self.rules.skew):
                found.setdefault(approval.by, approval)
        barred = self._barred(found) if found else ()
        return [approval for by, approval in found.items() if by not in barred]

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
    asked = ApprovalRequest(others, more, facts.audience, first.delegator, last.delegate, facts.request)
    return ApprovalRequired(Decision(False, step, link.position, link.delegator, link.delegate, denial), asked)


def _asking(chain: VerifiedChain, conditions: Sequence[Condition], facts: Facts) -> list[Asking]:
    """The caveats of links, and then of discharges, that ask for approval of this request."""
    found = list(chain.approvals)
    for position, caveat in conditions:
        if isinstance(caveat, RequiresApproval):
            found.append((chain.links[position - 1], caveat))
    return [(link, caveat) for link, caveat in found if caveat.concerns(facts)]


def _read(texts: Sequence[str]) -> tuple[Approval, ...]:
    """The approvals that travelled with a presentation, none of them twice. Raises `MalformedError`."""
    try:
        found = tuple(map(Approval.decode, texts))
    except MalformedError as error:
        raise MalformedError(str(error), step=_STEP) from None
    if len({(approval.by, approval.id) for approval in found}) != len(found):
        raise MalformedError("an approval is there twice", step=_STEP)
    return found
