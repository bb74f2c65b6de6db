"""Approvals at random: who counts, who is asked, and that no approval permits more than one use."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from hypothesis import given, reject
from hypothesis import strategies as st
from tests.property.chains import ALLOWED, AUDIENCE, NOW, PEOPLE, THIEF, Person, clock, facts
from tests.property.strategies import law
from tests.unit.approval_scene import FORMATS, KEY, smuggled
from tests.unit.scene import draw as fresh

from attorn import AttornError, Identity, Request, Token, Verifier, caveat, macaroon
from attorn.approval import Approval, ApprovalRequest, ApprovalRequired
from attorn.caveat import RequiresApproval
from attorn.errors import DelegationError
from attorn.keys.signer import signed
from attorn.store import MemoryStore

ROOT, *OTHERS = PEOPLE
APPROVERS = PEOPLE[4:8]
STRANGER = THIEF
SKEW = 60
WHENS: tuple[Any, ...] = (
    None,
    caveat.Range("n", 5),
    caveat.Actions("pay"),
    [caveat.Actions("pay"), caveat.Range("n", 5)],
)


@dataclass(frozen=True, slots=True)
class Word:
    """An approval as it will be made: by whom, of what, when, and whether it is really theirs."""

    by: Person
    number: int
    about: str
    second: int
    ttl: int
    forged: bool

    @property
    def counts(self) -> bool:
        good = self.second <= NOW + SKEW and self.second + self.ttl > NOW
        return self.about == "this" and good


words = st.builds(
    Word,
    st.sampled_from((*APPROVERS, STRANGER)),
    st.integers(0, 3),
    st.sampled_from(("this", "this", "this", "request", "audience", "holder", "root")),
    st.sampled_from((NOW, NOW, NOW - 200, NOW - 300, NOW + 60, NOW + 61)),
    st.sampled_from((300, 300, 200, 86_400)),
    st.sampled_from((False,) * 9 + (True,)),
)


@st.composite
def limits(draw: st.DrawFn) -> RequiresApproval:
    by = draw(st.lists(st.sampled_from(APPROVERS), min_size=1, max_size=3, unique_by=lambda person: person.did))
    return RequiresApproval([person.did for person in by], draw(st.integers(1, len(by))), draw(st.sampled_from(WHENS)))


requests = st.builds(
    lambda action, args: Request(action=action, resource="/shop", args=args),
    st.sampled_from(("pay", "read")),
    st.sampled_from(({}, {"n": 4}, {"n": 5}, {"n": "4"})),
)


def chain(form: str, several: list[RequiresApproval]) -> tuple[Token, Person]:
    """One link for each, the user's own first."""
    people = [ROOT, *OTHERS[: len(several)]]
    base = macaroon.issue(KEY, random=fresh) if form == "macaroon" else None
    limited = [caveat.Actions("pay", "read"), several[0]]
    token = people[0].identity.mint(to=people[1].did, caveats=limited, base=base)
    for by, to, limit in zip(people[1:], people[2:], several[1:], strict=False):
        token = Identity(by.signer, did=by.did, clock=clock, random=fresh).delegate(token, to=to.did, caveats=[limit])
    return token, people[len(several)]


def said(word: Word, request: Request, holder: Person) -> Approval:
    other = Request(action="pay", resource="/elsewhere")
    asked = ApprovalRequest(
        approvers=(word.by.did,),
        threshold=1,
        audience="did:web:elsewhere.example" if word.about == "audience" else AUDIENCE,
        root=STRANGER.did if word.about == "root" else ROOT.did,
        holder=STRANGER.did if word.about == "holder" else holder.did,
        request=other if word.about == "request" else request,
    )
    unsigned = Approval(
        by=word.by.did,
        audience=asked.audience,
        root=asked.root,
        holder=asked.holder,
        digest=asked.digest,
        id=bytes((word.number,)) * 16,
        issued=word.second,
        expires=word.second + word.ttl,
        signature=bytes(64),
    )
    signer = STRANGER if word.forged else word.by
    return replace(unsigned, signature=signed(signer.signer, unsigned.statement()))


def expected(several: list[RequiresApproval], request: Request, given_: list[Word]) -> str:
    """The verdict of a verifier that has seen nothing yet, by the words of the specification."""
    if len({(word.by.did, word.number) for word in given_}) != len(given_):
        return "malformed"
    asking = [limit for limit in several if limit.prohibits(facts(request)) is not None]
    named = {did for limit in asking for did in limit.by}
    if any(word.forged and word.by.did in named and word.by is not STRANGER for word in given_):
        return "bad_signature"
    approved = {word.by.did for word in given_ if word.counts}
    short = any(len(approved & set(limit.by)) < limit.threshold for limit in asking)
    return "approval_required" if short else ALLOWED


@law
@given(st.sampled_from(FORMATS), st.lists(limits(), min_size=1, max_size=3), requests, st.lists(words, max_size=5))
def test_an_approval_counts_for_what_it_is_about_and_once(
    form: str, several: list[RequiresApproval], request: Request, given_: list[Word]
) -> None:
    try:
        token, holder = chain(form, several)
    except DelegationError:
        # The same approvers, and fewer of them: nobody writes that.
        reject()
    approvals = [said(word, request, holder) for word in given_]
    if form == "macaroon" and len({each.encode() for each in approvals}) != len(approvals):
        # The same text twice is one discharge too many, before any of it is read.
        return
    store = MemoryStore()
    by = Verifier(audience=AUDIENCE, roots=[ROOT.did], store=store, clock=clock, macaroon_keys=[KEY])

    def outcome() -> str:
        wire = smuggled(token, holder.identity, approvals, request, audience=AUDIENCE, now=NOW)
        try:
            by.authorize(wire, request)
        except ApprovalRequired as error:
            refusals.append(error.approval)
            return error.code
        except AttornError as error:
            return error.code
        return ALLOWED

    refusals: list[ApprovalRequest] = []
    first = outcome()
    assert first == expected(several, request, given_)
    for asked in refusals:
        assert set(asked.approvers) <= {did for limit in several for did in limit.by}
        assert (asked.request, asked.holder, asked.root) == (request, holder.did, ROOT.did)
    accounts = [approval.account for approval in approvals]
    used = {account for account, amount in store.used(accounts).items() if amount}
    needed = [limit for limit in several if limit.prohibits(facts(request)) is not None]
    if first == ALLOWED:
        # Enough for each that asks, of approvals that count, and none beyond what they ask for.
        good = {approval.account: approval.by for approval, word in zip(approvals, given_, strict=True) if word.counts}
        assert used <= good.keys()
        by_used = [good[account] for account in used]
        assert len(by_used) == len(set(by_used)) <= sum(limit.threshold for limit in needed)
        for limit in needed:
            assert len(set(by_used) & set(limit.by)) >= limit.threshold
        # What is left of them decides the next try, whatever travels beside it, and nobody who approved is asked again.
        left = {who for account, who in good.items() if account not in used}
        enough = all(len(left & set(limit.by)) >= limit.threshold for limit in needed)
        assert outcome() == (ALLOWED if enough else "approval_required")
        assert not any(left & set(asked.approvers) for asked in refusals)
    else:
        assert not used
