"""Credentials beside other libraries: every suite, signed and verified turn by turn in one run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from typing import Any

from tests.benchmarks import credential_scenario as scenario
from tests.benchmarks import peer_didkit, peer_jose
from tests.benchmarks.measure import Case, Elsewhere, Timing, interleaved, repeated
from tests.benchmarks.our_credentials import Bound, Credentials
from tests.benchmarks.peer_sd_jwt import SdJwt
from tests.benchmarks.rows import Row

from attorn import Identity
from attorn.credential import Securing
from attorn.integrity import Suite
from attorn.keys.signer import Ed25519Signer, P256Signer

DIDKIT = "didkit, Ed25519Signature2018, VC 1.1"
SD_JWT_BOUND = "sd-jwt, bound, ES256"
BATCH = 10
_SUITES = (Suite.EDDSA_JCS_2022, Suite.ECDSA_JCS_2019, Suite.EDDSA_RDFC_2022, Suite.ECDSA_RDFC_2019)
_KEYS: Mapping[str, Callable[[], Any]] = {"EdDSA": Ed25519Signer.generate, "ES256": P256Signer.generate}


def timings(rounds: int) -> tuple[dict[str, Timing], str | None]:
    """Microseconds by `side: verb`, and why didkit is not among them, if it is not."""
    issuers = {alg: Identity(make()) for alg, make in _KEYS.items()}
    holders = {alg: Identity(make()) for alg, make in _KEYS.items()}
    if any(len(scenario.text(scenario.document(each.did))) not in scenario.CHARACTERS for each in issuers.values()):
        raise RuntimeError("the credential of the scenario has another size than is published")
    cases = [*_attorn(issuers, holders), *_peers(issuers, holders)]
    absent = peer_didkit.missing()
    with ExitStack() as stack:
        elsewhere: list[Elsewhere] = []
        if absent is None:
            didkit = stack.enter_context(peer_didkit.running())
            elsewhere = [
                Elsewhere(f"{DIDKIT}: {verb}", partial(didkit.time, verb), BATCH) for verb in ("sign", "verify")
            ]
        return interleaved([*cases, *elsewhere], rounds), absent


def rows(found: Mapping[str, Timing]) -> list[Row]:
    """attorn over each other library, for each verb."""
    pairs = [(str(suite), DIDKIT) for suite in _SUITES]
    for alg in _KEYS:
        pairs += [(f"vc+jwt {alg}", f"{library}, {alg}") for library in ("joserfc", "jwcrypto")]
        pairs += [(f"SD-JWT {alg}", f"sd-jwt, {alg}"), (f"bound SD-JWT {alg}", SD_JWT_BOUND)]
    made = []
    for ours, theirs in pairs:
        for verb in ("sign", "present", "verify"):
            mine, other = found.get(f"attorn, {ours}: {verb}"), found.get(f"{theirs}: {verb}")
            if mine is not None and other is not None:
                behind = f"{mine.median:.0f} us over {other.median:.0f} us"
                made.append(Row(name=f"{verb}: {ours} / {theirs}", value=mine.over(other), unit="x", absolute=behind))
    return made


def _attorn(issuers: Mapping[str, Identity], holders: Mapping[str, Identity]) -> Iterator[Case]:
    for suite in _SUITES:
        issuer = issuers["EdDSA" if suite.startswith("eddsa") else "ES256"]
        yield from _signing(f"attorn, {suite}", Credentials(issuer, suite=suite))
    for alg, issuer in issuers.items():
        yield from _signing(f"attorn, vc+jwt {alg}", Credentials(issuer, Securing.JOSE))
        yield from _signing(f"attorn, SD-JWT {alg}", Credentials(issuer, Securing.SD_JWT))
        yield from _presenting(f"attorn, bound SD-JWT {alg}", Bound(issuer, holders[alg]))


def _peers(issuers: Mapping[str, Identity], holders: Mapping[str, Identity]) -> Iterator[Case]:
    for alg, issuer in issuers.items():
        yield from _signing(f"joserfc, {alg}", peer_jose.joserfc(issuer.signer, alg, issuer.did))
        yield from _signing(f"jwcrypto, {alg}", peer_jose.jwcrypto(issuer.signer, alg, issuer.did))
        plain = SdJwt(issuer, alg)
        yield from _cases(f"sd-jwt, {alg}", plain.issue, None, plain.verify)
    yield from _presenting(SD_JWT_BOUND, SdJwt(issuers["ES256"], "ES256", holders["ES256"]))


def _signing(name: str, side: Any) -> Iterator[Case]:
    return _cases(name, side.sign, None, side.verify)


def _presenting(name: str, side: Any) -> Iterator[Case]:
    return _cases(name, side.issue, side.present, side.verify)


def _cases(
    name: str, sign: Callable[[], str], present: Callable[[str], str] | None, verify: Callable[[str], object]
) -> Iterator[Case]:
    """A case for each verb. Raises `RuntimeError` for a side that does not verify what it signed, or anything else."""
    issued = sign()
    shown = issued if present is None else present(issued)
    _require_verifying(name, verify, shown)
    yield Case(f"{name}: sign", repeated(None), lambda _: sign(), BATCH)
    if present is not None:
        yield Case(f"{name}: present", repeated(issued), present, BATCH)
    yield Case(f"{name}: verify", repeated(shown), verify, BATCH)


def _require_verifying(name: str, verify: Callable[[str], object], signed: str) -> None:
    found = verify(signed)
    if not isinstance(found, dict) or found["credentialSubject"]["name"] != scenario.subject()["name"]:
        raise RuntimeError(f"{name}: verified something else than was signed")
    place = len(signed) // 4
    for other in ("A", "B"):
        changed = signed[:place] + other + signed[place + 1 :]
        if changed == signed:
            continue
        try:
            verify(changed)
        except Exception:  # noqa: BLE001 - each library has errors of its own, and these are no part of it
            return
        raise RuntimeError(f"{name}: verified what nobody signed")
