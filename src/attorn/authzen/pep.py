"""Asking an external decision point (AuthZEN Authorization API 1.0) what a chain permits already.

It can only narrow: as a verifier's `policy` it is asked once no caveat prohibits, and only a clean *true* permits.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import httpx

from attorn.authzen.answer import read_answer, read_answers
from attorn.authzen.carried import RESOURCE
from attorn.authzen.chain import who_acts
from attorn.authzen.evaluation import EVALUATION, EVALUATIONS, MOST_EVALUATIONS
from attorn.canonical import JsonValue, parse
from attorn.decision import Denial
from attorn.display import stamp
from attorn.errors import InputError, UnavailableError
from attorn.handed import ask
from attorn.transport import is_fetchable
from attorn.verify.access import Cleared
from attorn.web.posting import JSON, post, seconds_of

__all__ = ["RemotePolicy", "question"]

_MOST_ANSWER: Final = 1 << 16
_MOST_REQUEST: Final = 1 << 20
_DEPTH: Final = 32


class RemotePolicy:
    """`Verifier(policy=RemotePolicy(client, url))` asks the decision point at `url` too, through a client of yours.

    `url` is its base (https, or http on this machine) and `secret` what it knows this PEP by. `timeout` bounds each
    step of a call, and the whole of the answer's body. The client says whom to trust and whether there is a proxy;
    redirects are refused whatever it says. The decision point learns action, resource, arguments and the DIDs of the
    chain, and no presentation. Raises `InputError`.
    """

    def __init__(
        self,
        client: httpx.Client,
        url: str,
        *,
        secret: str | None = None,
        timeout: timedelta = timedelta(seconds=2),
    ) -> None:
        if not isinstance(client, httpx.Client):
            raise InputError(f"client: expected an httpx.Client, got {type(client).__name__}")
        if not is_fetchable(url, loopback=True) or "?" in url or "#" in url:
            raise InputError("url: expected an https URL without query or fragment")
        if secret is not None and not (
            isinstance(secret, str) and secret and secret.isascii() and secret.isprintable()
        ):
            raise InputError("secret: expected printable ASCII, or None")
        self._client = client
        self._url = url.removesuffix("/")
        self._seconds = seconds_of(timeout)
        self._headers = {"Content-Type": JSON}
        if secret is not None:
            self._headers["Authorization"] = f"Bearer {secret}"

    def permits(self, cleared: Cleared) -> bool | Denial:
        """Whether the decision point permits it. Raises `UnavailableError` if it did not decide, and `InputError`."""
        body = self._post(EVALUATION, question(cleared), _MOST_ANSWER)
        return read_answer(body, most=_MOST_ANSWER)

    def permits_all(self, several: Sequence[Cleared]) -> tuple[bool | Denial, ...]:
        """Whether it permits each, in their order, asked in one call: at least one, at most 100.

        Raises `UnavailableError` if it did not decide every one, and `InputError` for another number.
        """
        asked = ask("list of requests", lambda: [question(each) for each in several])
        if not 0 < len(asked) <= MOST_EVALUATIONS:
            raise InputError(f"expected 1 to {MOST_EVALUATIONS} requests, got {len(asked)}")
        whole: dict[str, JsonValue] = {"evaluations": [*asked], "options": {"evaluations_semantic": "execute_all"}}
        most = _MOST_ANSWER * len(asked)
        return read_answers(self._post(EVALUATIONS, whole, most), len(asked), most=most)

    def _post(self, path: str, asked: dict[str, JsonValue], most: int) -> bytes:
        """The body of a 200 in JSON and UTF-8. Raises `UnavailableError`."""
        answered = post(
            "decision point",
            self._client,
            f"{self._url}{path}",
            json.dumps(asked).encode(),
            self._headers,
            most=most,
            seconds=self._seconds,
            step=self._seconds,
        )
        if answered.status != httpx.codes.OK:
            raise UnavailableError(f"the decision point answered with status {answered.status}")
        if answered.media_type != JSON or answered.charsets not in ((), ("utf-8",)):
            raise UnavailableError("the decision point answered with something else than JSON in UTF-8")
        return answered.body


def question(cleared: Cleared) -> dict[str, JsonValue]:
    """The question about a request that a chain permits: the holder acts, the chain stands in the context.

    Raises `InputError`.
    """
    if not isinstance(cleared, Cleared):
        raise InputError(f"expected a Cleared, got {type(cleared).__name__}")
    request = parse(cleared.request.canonical(), most=_MOST_REQUEST, depth=_DEPTH)
    asked = request if isinstance(request, dict) else {}
    context: dict[str, JsonValue] = {
        "chain": who_acts(cleared),
        "audience": cleared.audience,
        "time": stamp(cleared.at),
    }
    if "cost" in asked:
        context["cost"] = asked["cost"]
    return {
        "subject": {"type": "agent", "id": cleared.holder},
        "action": {"name": asked["action"], "properties": asked["args"]},
        "resource": {"type": RESOURCE, "id": asked["resource"]},
        "context": context,
    }
