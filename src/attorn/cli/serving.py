"""`attorn serve`: credentials issued and verified for whoever asks over https, and decisions for those who may ask."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from contextlib import ExitStack
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from attorn.cli import deciding, listening, logs, network, passphrase, rolls, signers, source
from attorn.cli.command import Commands, Parser, Result, add_key, command
from attorn.cli.families import SUMMARIES
from attorn.errors import InputError, MalformedError, UnavailableError
from attorn.status import ListKind
from attorn.words import whole

if TYPE_CHECKING:
    from attorn.web.vc_lists import Lists

_NEEDED: Final = ("starlette", "uvicorn")
_NEEDED_FOR_RDF: Final = ("pyld", "pyoxigraph")
_MOST_STATE: Final = 256 << 20


def add(commands: Commands) -> None:
    """Add `serve` with its forms."""
    family = commands.add_parser("serve", help=SUMMARIES["serve"])
    forms = family.add_subparsers(dest="form", metavar="SERVER", required=True, parser_class=Parser)
    parser = command(
        forms,
        "vc",
        "serve the VC API: issue, verify, set the status of credentials; host its lists; resolve DIDs",
        _serve,
        "Whoever can reach the server may have credentials issued in the name of the key, and their status set: put\n"
        "what decides who that is in front of it. Runs until it is interrupted.",
    )
    listening.add_address(parser)
    add_key(parser)
    parser.add_argument(
        "--suite", choices=signers.SUITES, help="what credentials are secured with (default: the JCS suite of the key)"
    )
    parser.add_argument(
        "--status",
        choices=("revocation", "suspension", "both", "none"),
        default="revocation",
        help="the status that every credential is given (default: revocation)",
    )
    parser.add_argument(
        "--state", metavar="FILE", help="keep the lists in this file; without it they end with the server"
    )
    parser.add_argument(
        "--issuer", metavar="DID", action="append", help="verify credentials of this issuer only; any number of times"
    )
    parser.add_argument(
        "--network", action="store_true", help="ask the servers that DIDs and status lists name, over https"
    )
    listening.add_security(parser)
    deciding.add(forms)


def _serve(arguments: argparse.Namespace) -> Result:
    signs_rdf = arguments.suite is not None and "-rdfc-" in arguments.suite
    for extra, names in (("server", _NEEDED), ("rdf", _NEEDED_FOR_RDF if signs_rdf else ())):
        missing = [name for name in names if find_spec(name) is None]
        if missing:
            raise UnavailableError(
                f"serving needs {', '.join(missing)}, not installed here: pip install 'attorn[{extra}]'"
            )
    # Only now: these modules import what may be missing, and no other command needs them.
    from attorn.integrity import Suite  # noqa: PLC0415
    from attorn.keys.signer import key_of  # noqa: PLC0415
    from attorn.web.did_api import DidApi  # noqa: PLC0415
    from attorn.web.serving import listen, server  # noqa: PLC0415
    from attorn.web.vc_api import LIST_PATH, application  # noqa: PLC0415
    from attorn.web.vc_form import Form, chosen  # noqa: PLC0415
    from attorn.web.vc_issuing import Issuing  # noqa: PLC0415
    from attorn.web.vc_lists import Lists, OwnLists  # noqa: PLC0415
    from attorn.web.vc_verifying import Verifying, unsafe_anybody  # noqa: PLC0415

    host = listening.host_of(arguments)
    port = whole(arguments.port, "--port")
    by = passphrase.identity(arguments)
    context = listening.context_of(arguments)
    own = logs.resolver_beside(arguments.key)
    method = signers.method_of(by, own)
    forms = chosen(key_of(by.signer).algorithm, arguments.suite)
    others = network.transport() if arguments.network else None
    resolver = own if others is None else network.resolver(others)
    with ExitStack() as opened:
        listener = opened.enter_context(listen(host, port))
        url = listening.url_of(arguments, host, listener.getsockname()[1])
        suite = next(Suite(each) for each in forms if each is not Form.JWT)
        lists = Lists(by, base=f"{url}{LIST_PATH}/", suite=suite, method=method)
        if arguments.state is not None:
            opened.enter_context(rolls.locked(arguments.state, wait=False))
            _restore(lists, arguments.state)
        verifying = Verifying(
            resolver=resolver,
            issuers=arguments.issuer or unsafe_anybody,
            transport=OwnLists(lists, others),
            loopback=arguments.plain_http,
        )
        issuing = Issuing(by, form=forms[0], lists=lists, purposes=_purposes(arguments.status), method=method)
        app = application(
            issuing=issuing,
            verifying=verifying,
            lists=lists,
            dids=DidApi(resolver),
            authorities=listening.authorities(listener.getsockname()[1]) if arguments.plain_http else None,
        )
        running = server(app, context=context)
        held = opened.pop_all()

    def run() -> None:
        with held:
            running.run(sockets=[listener])

    return _told(by.did, url, [*forms], run)


def _told(did: str, url: str, forms: list[str], run: Callable[[], None]) -> Result:
    endpoints = {
        "issue": f"{url}/credentials/issue",
        "verify": f"{url}/credentials/verify",
        "verify_presentation": f"{url}/presentations/verify",
        "status": f"{url}/credentials/status",
        "lists": f"{url}/status",
        "identifiers": f"{url}/identifiers",
        "did_key": f"{url}/did-key/identifiers",
    }
    rows = {"did": did, "suite": forms[0], "also": ", ".join(forms[1:]), **endpoints}
    text = "\n".join(f"{name.replace('_', ' '):<21}{value}" for name, value in rows.items())
    return Result(text, {"did": did, "url": url, "suites": [*forms], "endpoints": {**endpoints}}, then=run)


def _purposes(status: str) -> tuple[ListKind, ...]:
    if status == "both":
        return (ListKind.REVOCATION, ListKind.SUSPENSION)
    return () if status == "none" else (ListKind(status),)


def _restore(lists: Lists, path: str) -> None:
    """Have the lists kept in the file at `path`, and begin with what is in it. Raises `InputError`."""
    from attorn.status.register import StatusRegister  # noqa: PLC0415

    def keep(state: bytes) -> None:
        rolls.write(path, state)

    try:
        if os.path.lexists(path):
            content = source.file(path, "state", _MOST_STATE)
            lists.register = StatusRegister.decode(content, lists.uri, keep=keep)
        else:
            lists.register = StatusRegister(lists.uri, keep=keep)
            keep(lists.register.encode())
    except MalformedError as error:
        raise InputError(f"state: the file is damaged: {error}") from None
    except OSError as error:
        raise InputError(f"state: cannot write the file: {source.reason(error)}") from None
