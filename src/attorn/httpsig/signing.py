"""Signing requests as an agent: in a message, or on every request of an httpx client."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from http_message_signatures import HTTPMessageSignaturesException, HTTPMessageSigner

from attorn.clock import Clock, seconds_in, span_from, system_clock
from attorn.encoding import base64url_encode
from attorn.errors import InputError
from attorn.handed import draw
from attorn.httpsig.algorithm import ALGORITHMS
from attorn.httpsig.fields import LABEL, TAG
from attorn.httpsig.message import Draft, SignedMessage
from attorn.httpsig.source import Source
from attorn.httpsig.verifying import LONGEST
from attorn.keys.jwk import thumbprint
from attorn.keys.signer import PinnedSigner, Signatory, key_of, require_signatory, signed
from attorn.outgoing import ClientRequest, aload_content, load_content, target_of

_NONCE_BYTES: Final = 32
_MINUTE: Final = timedelta(minutes=1)
_FIELDS: Final = ("content-digest", "signature", "signature-agent", "signature-input")


class RequestSigner:
    """Signs requests as `agent`, with the key of `identity`, which the directory of `agent` must publish.

    Covered are method, authority, path, query, body and `Authorization`, whatever there is of them. Each signature has
    a nonce of its own and is good for `lifetime`. Raises `InputError` for unusable arguments and `UnavailableError`
    if the signer fails.
    """

    def __init__(
        self,
        identity: Signatory,
        *,
        agent: str | Source,
        clock: Clock = system_clock,
        random: Callable[[int], bytes] = secrets.token_bytes,
        lifetime: timedelta = _MINUTE,
    ) -> None:
        signer = require_signatory(identity, "signer").signer
        self._signer = PinnedSigner(signer, key_of(signer))
        self._source = agent if isinstance(agent, Source) else Source(agent)
        self._clock = clock
        self._random = random
        self._lifetime = timedelta(seconds=seconds_in(lifetime, "lifetime", least=1, most=LONGEST))

    def sign(self, message: SignedMessage) -> dict[str, str]:
        """The fields to add to this request, in place of any that it has of the same names.

        Raises `InputError` for a message that no signature can cover, and `UnavailableError`.
        """
        if not isinstance(message, SignedMessage):
            raise InputError(f"sign: expected a SignedMessage, got {type(message).__name__}")
        authority = message.one("authorization")
        fields = {"signature-agent": f"{LABEL}={self._source.member}"}
        fields |= {} if authority is None else {"authorization": authority}
        draft = Draft(message.method, message.url, fields)
        names = ["@method", "@authority", "@path", *(["@query"] if message.query else [])]
        names += [] if authority is None else ["authorization"]
        created, expires = span_from(self._clock, self._lifetime)
        key = self._signer.public_key
        library = HTTPMessageSigner(signature_algorithm=ALGORITHMS[key.algorithm])
        try:
            prepared = library.prepare(
                draft,
                key_id=thumbprint(key),
                created=created,
                expires=expires,
                nonce=base64url_encode(draw(self._random, _NONCE_BYTES)),
                label=LABEL,
                tag=TAG,
                include_alg=False,
                covered_component_ids=[*names, f'"signature-agent";key="{LABEL}"'],
                body=message.body or None,
            )
        except HTTPMessageSignaturesException:
            prepared = None
        if prepared is None:
            raise InputError("sign: expected a request whose URL and fields can be signed")
        library.apply(draft, prepared, signed(self._signer, prepared.signature_base))
        return {name.lower(): value for name, value in fields.items() if name.lower() in _FIELDS}

    def __call__(self, request: ClientRequest) -> None:
        """Sign a request of `httpx.Client(event_hooks={"request": [signer]})`: after its `auth`, and each redirect.

        Raises `InputError` for what is no request, or has a body that such a client cannot read, and as `sign` does.
        """
        load_content(request)
        self._attach(request)

    async def asynchronous(self, request: ClientRequest) -> None:
        """The same for `httpx.AsyncClient(event_hooks={"request": [signer.asynchronous]})`."""
        await aload_content(request)
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            # Another library's loop, and its threads are not known here.
            self._attach(request)
        else:
            # The signer may block.
            await asyncio.to_thread(self._attach, request)

    def _attach(self, request: ClientRequest) -> None:
        target, held = target_of(request), request.headers.get("Authorization")
        message = SignedMessage(
            method=request.method,
            origin=target.origin,
            path=target.path,
            query=target.query,
            headers=() if held is None else (("authorization", held),),
            body=request.content,
        )
        fields = self.sign(message)
        for name in _FIELDS:
            # Of a redirect, or of whoever tried before.
            if name in request.headers:
                del request.headers[name]
        request.headers.update(fields)
