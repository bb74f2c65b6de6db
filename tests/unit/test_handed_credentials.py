"""Objects that callers hand in are foreign code: however they fail, no error but attorn's own comes out."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta, tzinfo
from typing import Any

import pytest
from tests.unit.credential_scene import HOLDER, ISSUER, NOW, document, issued

from attorn import AttornError, Identity, agent, credential, integrity, jsonld, sdjwt
from attorn.agent import AgentProfile
from attorn.credential import Securing
from attorn.did.document import Relationship
from attorn.did.resolver import LocalResolver
from attorn.errors import InputError, UnavailableError


class Boom(Exception):
    """No error of attorn's, nor of Python's."""


def boom(*_: object, **__: object) -> Any:
    raise Boom


class BadMapping(Mapping[str, Any]):
    """Fails at every touch."""

    __contains__ = __getitem__ = __iter__ = __len__ = boom


class BadIterable:
    """Fails half way."""

    def __iter__(self) -> Iterator[str]:
        yield "https://a.example/1"
        raise Boom


class BadZone(tzinfo):
    """No offset of anything."""

    utcoffset = dst = tzname = boom


class Reticent:
    """Says nothing, and says so by an error of its own."""

    def __getattr__(self, name: str) -> Any:
        raise Boom


class Signatory:
    """An identity as it should be, but for what is changed."""

    did: Any = HOLDER.did
    signer: Any = HOLDER.signer


class NoDid(Signatory):
    did = property(boom)


class NoSigner(Signatory):
    signer = property(boom)


class Once(Signatory):
    """Has a DID the first time, and another one after that."""

    def __init__(self) -> None:
        self.left = [HOLDER.did]

    @property
    def did(self) -> str:  # type: ignore[override]  # a signatory that changes its mind
        return self.left.pop() if self.left else ISSUER.did


class NoKey(Signatory):
    signer = type("Signer", (), {"public_key": property(boom), "sign": boom})()


class NoSignature(Signatory):
    signer = type("Signer", (), {"public_key": HOLDER.signer.public_key, "sign": boom})()


class BadResolver:
    resolve = boom


FOREIGN = [
    BadMapping(), BadIterable(), datetime(2026, 1, 1, tzinfo=BadZone()), Reticent(), NoDid(), NoSigner(), NoKey(),
    NoSignature(), BadResolver(), boom, LocalResolver, object(),
]  # fmt: skip
PROVEN, SIGNED, SELECTIVE = (issued(each) for each in (Securing.DATA_INTEGRITY, Securing.JOSE, Securing.SD_JWT))
BOUND = sdjwt.issue({"vct": "https://a.example/t"}, by=ISSUER, typ=sdjwt.SD_JWT_VC, holder=HOLDER.did)
SHOWN = credential.present([PROVEN], by=HOLDER, challenge="c", domain="d", created=NOW)
OWN = document(issuer=HOLDER.did)
TO: dict[str, Any] = {"by": HOLDER, "challenge": "c", "domain": "d"}
WHEN: dict[str, Any] = {"resolver": LocalResolver(), "now": NOW}
ASKED: dict[str, Any] = {**WHEN, "issuers": [ISSUER.did]}
PROFILE = AgentProfile(id=HOLDER.did)
CALLS: dict[str, tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]] = {
    **{f"issue {each}": (credential.issue, (OWN,), {"by": HOLDER, "securing": each}) for each in Securing},
    **{
        f"present {each}": (credential.present, ([SIGNED],), {**TO, "securing": each})
        for each in (Securing.DATA_INTEGRITY, Securing.JOSE)
    },
    "verify a proof": (credential.verify, (PROVEN,), ASKED),
    "verify a JWS": (credential.verify, (SIGNED,), ASKED),
    "verify an SD-JWT": (credential.verify, (SELECTIVE,), ASKED),
    "verify a presentation": (credential.verify_presentation, (SHOWN,), {**ASKED, "challenge": "c", "domain": "d"}),
    "read": (credential.read, (PROVEN,), {}),
    "read a presentation": (credential.read_presentation, (SHOWN,), {}),
    "sign": (integrity.sign, ({"a": 1},), {"by": HOLDER, "purpose": Relationship.ASSERTION_METHOD}),
    "prove": (integrity.verify, (PROVEN,), {"purpose": Relationship.ASSERTION_METHOD, **WHEN}),
    "known": (jsonld.require_known, (OWN,), {}),
    "sd-jwt": (sdjwt.issue, ({"a": 1},), {"by": HOLDER, "typ": "example+sd-jwt", "disclosable": [("a",)]}),
    "bind": (sdjwt.present, (BOUND,), {"by": HOLDER, "audience": "a", "nonce": "n", "now": NOW}),
    "show": (sdjwt.present, (SELECTIVE,), {}),
    "verify issued": (sdjwt.verify_issued, (BOUND,), {"typ": sdjwt.SD_JWT_VC, "now": datetime.now(NOW.tzinfo)}),
    "agent": (agent.issue, (PROFILE,), {"by": HOLDER, "lifetime": timedelta(days=1)}),
}  # fmt: skip


def replaced(name: str) -> Iterator[tuple[str, tuple[Any, ...], dict[str, Any]]]:
    """The arguments of a call, with something foreign in each place."""
    call, given, named = CALLS[name]
    for thing in FOREIGN:
        for place in range(len(given)):
            yield f"{place}: {thing!r:.60}", (*given[:place], thing, *given[place + 1 :]), named
            if isinstance(given[place], dict):
                for member in (*given[place], "more"):
                    changed = {**given[place], member: thing}
                    yield f"{member}: {thing!r:.60}", (*given[:place], changed, *given[place + 1 :]), named
        for parameter in inspect.signature(call).parameters.values():
            if parameter.kind is parameter.KEYWORD_ONLY:
                yield f"{parameter.name}: {thing!r:.60}", given, {**named, parameter.name: thing}


@pytest.mark.parametrize("name", CALLS)
def test_only_errors_of_attorn_come_out(name: str) -> None:
    call, given, named = CALLS[name]
    call(*given, **named)
    for what, others, options in replaced(name):
        try:
            call(*others, **options)
        except AttornError:
            continue
        except Exception as error:  # noqa: BLE001 - any of them is what must not be
            pytest.fail(f"{what}: {error!r}")


@pytest.mark.parametrize(
    ("by", "error"),
    [(NoDid(), UnavailableError), (NoSigner(), UnavailableError), (NoKey(), UnavailableError),
     (NoSignature(), UnavailableError), (Reticent(), UnavailableError), (object(), InputError), (None, InputError)],
    ids=lambda each: type(each).__name__,
)  # fmt: skip
@pytest.mark.parametrize("name", [name for name, call in CALLS.items() if "by" in call[2]])
def test_who_signs_fails(name: str, by: Any, error: type[AttornError]) -> None:
    call, given, named = CALLS[name]
    with pytest.raises(error):
        call(*given, **{**named, "by": by})


@pytest.mark.parametrize(
    "name", ["issue jose", "issue data-integrity", "issue sd-jwt", "present jose", "sign", "sd-jwt"]
)
def test_who_signs_is_asked_once(name: str) -> None:
    # A DID that changes between the check and the signature would sign for somebody else.
    call, given, named = CALLS[name]
    assert ISSUER.did not in str(call(*given, **{**named, "by": Once()}))


def test_an_identity_is_a_signatory() -> None:
    assert isinstance(HOLDER, Identity)
    assert credential.verify(credential.issue(OWN, by=Signatory()), **{**ASKED, "issuers": [HOLDER.did]})
