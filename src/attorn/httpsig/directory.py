"""A key directory: the public keys of agents as a JWK Set, written with a proof of possession by each, and read."""

from __future__ import annotations

import http
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from http_message_signatures import HTTPMessageSigner

from attorn.canonical import JsonValue, canonicalise
from attorn.clock import Clock, seconds_in, span_from, system_clock
from attorn.errors import InputError, MalformedError
from attorn.httpsig.algorithm import ALGORITHMS
from attorn.httpsig.message import Fields, Reply, View
from attorn.httpsig.source import MEDIA_TYPE, Kind, Source
from attorn.jose.jwk_set import MOST_KEYS, JwkSet
from attorn.keys.jwk import from_jwk, thumbprint, to_jwk
from attorn.keys.public import PublicKey
from attorn.keys.signer import PinnedSigner, Signatory, key_of, require_signatory, signed

TAG: Final = "http-message-signatures-directory"
_DAY: Final = timedelta(days=1)
_YEAR: Final = timedelta(days=365)
_COMPONENTS: Final = ('"@authority";req', '"content-digest"')


@dataclass(frozen=True, slots=True)
class Window:
    """One key of a directory, and the Unix seconds from which and until which it may be used."""

    key: PublicKey
    start: int | None = None
    stop: int | None = None

    def holds(self, now: int) -> bool:
        """Whether it may be used now."""
        return (self.start is None or self.start <= now) and (self.stop is None or now < self.stop)


class Directory:
    """What `origin` serves at its well-known path for the agents `identities`, so that others can tell their requests.

    Each answer is signed by every key and good for `lifetime`, at most a year. Raises `InputError` for unusable
    arguments, and `UnavailableError` if a signer fails.
    """

    def __init__(
        self, *identities: Signatory, origin: str, clock: Clock = system_clock, lifetime: timedelta = _DAY
    ) -> None:
        if not 0 < len(identities) <= MOST_KEYS:
            raise InputError(f"directory: expected 1 to {MOST_KEYS} identities")
        self.source = Source(origin)
        self._clock = clock
        self._lifetime = timedelta(seconds=seconds_in(lifetime, "lifetime", least=1, most=_YEAR))
        self._signers: list[PinnedSigner] = []
        for identity in identities:
            signer = require_signatory(identity, "directory").signer
            self._signers.append(PinnedSigner(signer, key_of(signer)))
        keys = {thumbprint(signer.public_key): signer.public_key for signer in self._signers}
        if len(keys) != len(identities):
            raise InputError("directory: expected each key once")
        listed = [{**to_jwk(key), "kid": name, "use": "sig"} for name, key in keys.items()]
        self.body: bytes = canonicalise({"keys": listed})

    def headers(self) -> dict[str, str]:
        """The header fields of the answer whose body is `body`, signed now. Raises `UnavailableError`."""
        created, expires = span_from(self._clock, self._lifetime)
        request = View(http.HTTPMethod.GET, self.source.address, Fields(()))
        reply = Reply(200, {"Content-Type": MEDIA_TYPE, "Cache-Control": "max-age=300"}, request)
        for number, signer in enumerate(self._signers):
            library = HTTPMessageSigner(signature_algorithm=ALGORITHMS[signer.public_key.algorithm])
            prepared = library.prepare(
                reply,
                key_id=thumbprint(signer.public_key),
                created=created,
                expires=expires,
                label=f"binding{number}",
                tag=TAG,
                include_alg=False,
                covered_component_ids=_COMPONENTS,
                body=self.body,
                use_existing_digest=number > 0,
            )
            library.apply(
                reply, prepared, signed(signer, prepared.signature_base), append_if_signature_exists=number > 0
            )
        return reply.headers


def read_directory(body: bytes, kind: Kind) -> Mapping[str, Window]:
    """The keys of a JWK Set by their thumbprints, which are made from the keys and not taken from it.

    Left out is a key of another kind, one with a window that cannot be read, and in a key directory one whose `kid` is
    not its thumbprint; all are, where one of them is private or symmetric. Raises `MalformedError` as `JwkSet.read`.
    """
    found: dict[str, Window] = {}
    seen: set[str] = set()
    for jwk in JwkSet.read(body).keys:
        window = _window(jwk)
        if window is None:
            continue
        name = thumbprint(window.key)
        if name in seen:
            # Which of two windows is meant, nobody knows.
            found.pop(name, None)
        elif kind is Kind.JWKS_URI or jwk.get("kid", name) == name:
            found[name] = window
        seen.add(name)
    return found


def _window(jwk: Mapping[str, JsonValue]) -> Window | None:
    start, stop = jwk.get("nbf"), jwk.get("exp")
    if not all(
        type(each) is int or (each is None and name not in jwk) for name, each in (("nbf", start), ("exp", stop))
    ):
        return None
    try:
        key = from_jwk(jwk)
    except MalformedError:
        return None
    return Window(key, start if type(start) is int else None, stop if type(stop) is int else None)
