"""One agent, a process of its own: it makes its key at the start and never gives it away.

It reads commands as lines of JSON (text members only) and answers each with one line. It ends with its input.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Final

import httpx

from attorn import caveat
from attorn.caveat.base import Caveat
from attorn.demo.calendar import route
from attorn.demo.dishonest import Careless, extended, shortened
from attorn.demo.reply import Reply
from attorn.errors import AttornError
from attorn.identity import Identity
from attorn.keys.signer import Ed25519Signer
from attorn.token.token import Token
from attorn.web.client import HolderAuth
from attorn.web.http import authorization

Command = dict[str, str]


class Agent:
    """An identity and an HTTP client."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http
        self._identity = Identity(Ed25519Signer.generate())

    def hello(self, command: Command) -> Reply:
        """Say who this is."""
        del command
        return Reply(did=self._identity.did)

    def delegate(self, command: Command) -> Reply:
        """Pass a token on, as honest software does."""
        token = self._identity.delegate(_token(command), to=command["to"], caveats=_caveats(command))
        return Reply(token=token.encode())

    def extend(self, command: Command) -> Reply:
        """Write a link that honest software would refuse to write."""
        return Reply(token=extended(self._identity, _token(command), command["to"], _caveats(command)).encode())

    def shorten(self, command: Command) -> Reply:
        """Cut the last link off."""
        return Reply(token=shortened(_token(command)).encode())

    def prepare(self, command: Command) -> Reply:
        """Make the presentation for a call, without making the call."""
        return Reply(presentation=_presentation(next(self._auth(command).sync_auth_flow(self._request(command)))))

    def call(self, command: Command) -> Reply:
        """Call the server with a token, also one held by another if `dishonest`.

        The reply shows the presentation that an eavesdropper would have seen.
        """
        return _reply(self._http.send(self._request(command), auth=self._auth(command)))

    def send(self, command: Command) -> Reply:
        """Call the server with whatever text is put into the header."""
        request = self._request(command)
        request.headers["Authorization"] = authorization(command["header"])
        return _reply(self._http.send(request))

    def _request(self, command: Command) -> httpx.Request:
        url = command["origin"] + command["path"]
        return self._http.build_request(command["method"], url, content=command["content"])

    def _auth(self, command: Command) -> HolderAuth:
        identity = Careless(self._identity.signer) if "dishonest" in command else self._identity
        return HolderAuth(
            identity, _token(command), audience=command["audience"], origin=command["origin"], route=route
        )


def _token(command: Command) -> Token:
    return Token.decode(command["token"])


def _caveats(command: Command) -> list[Caveat]:
    caveats: list[Caveat] = [caveat.Actions(*command["actions"].split())]
    if "resource" in command:
        caveats.append(caveat.Resources(command["resource"]))
    if "seconds" in command:
        caveats.append(caveat.ExpiresIn(seconds=int(command["seconds"])))
    if "cents" in command:
        caveats.append(caveat.Budget(int(command["cents"]), "EUR"))
    if "purpose" in command:
        caveats.append(caveat.Purpose(command["purpose"]))
    return caveats


def _presentation(request: httpx.Request) -> str:
    return request.headers["Authorization"].partition(" ")[2]


def _reply(response: httpx.Response) -> Reply:
    said = response.json()
    presentation = _presentation(response.request)
    if response.status_code == 200:
        return Reply(status=200, words=f"{'; '.join(said['events'])} ({said['acted']})", presentation=presentation)
    return Reply(
        status=response.status_code,
        code=said["code"],
        words=said["detail"],
        by=f"{said['link']} {said['caveat']}" if "caveat" in said else "",
        presentation=presentation,
    )


_COMMANDS: Final[dict[str, Callable[[Agent, Command], Reply]]] = {
    "hello": Agent.hello,
    "delegate": Agent.delegate,
    "extend": Agent.extend,
    "shorten": Agent.shorten,
    "prepare": Agent.prepare,
    "call": Agent.call,
    "send": Agent.send,
}


def main() -> None:
    """Answer commands until there are no more."""
    # No proxy from the environment: the server is on this machine.
    with httpx.Client(trust_env=False, timeout=10) as http:
        agent = Agent(http)
        for line in sys.stdin:
            command: Command = json.loads(line)
            try:
                reply = _COMMANDS[command["do"]](agent, command)
            except AttornError as error:
                reply = Reply(code=error.code, words=str(error))
            sys.stdout.write(json.dumps(asdict(reply)) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
