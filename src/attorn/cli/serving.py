"""`attorn serve vc`: credentials issued and verified for whoever asks over https."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from attorn.cli import logs, network, passphrase, rolls, signers, source
from attorn.cli.command import Commands, Parser, Result, add_key, command
from attorn.cli.families import SUMMARIES
from attorn.display import shown
from attorn.errors import InputError, MalformedError, UnavailableError
from attorn.request.url import hosts
from attorn.status import ListKind
from attorn.words import whole

if TYPE_CHECKING:
    import ssl

    from attorn.web.vc_lists import Lists

_NEEDED: Final = ("starlette", "uvicorn")
_NEEDED_FOR_RDF: Final = ("pyld", "pyoxigraph")
_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")

_MOST_PEM: Final = 1 << 20
_MOST_STATE: Final = 256 << 20


def add(commands: Commands) -> None:
    """Add `serve` with its one form."""
    family = commands.add_parser("serve", help=SUMMARIES["serve"])
    forms = family.add_subparsers(dest="form", metavar="vc", required=True, parser_class=Parser)
    parser = command(
        forms,
        "vc",
        "serve the VC API: issue, verify, set the status of credentials; host its lists; resolve DIDs",
        _serve,
        "Whoever can reach the server may have credentials issued in the name of the key, and their status set: put\n"
        "what decides who that is in front of it. Runs until it is interrupted.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", metavar="N", default="8443", help="the port; 0 is any that is free (default: 8443)")
    parser.add_argument("--url", metavar="URL", help="how others write the server (default: by its host and port)")
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
    secured = parser.add_mutually_exclusive_group(required=True)
    secured.add_argument("--self-signed", action="store_true", help="https with a certificate made for this run")
    secured.add_argument("--certificate", metavar="FILE", help="https with this certificate chain, in PEM")
    secured.add_argument("--plain-http", action="store_true", help="http without TLS, on this machine only")
    parser.add_argument("--certificate-key", metavar="FILE", help="the key of --certificate, in PEM")


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
    from attorn.web.vc_verifying import Verifying, anybody  # noqa: PLC0415

    host = _host(arguments)
    port = whole(arguments.port, "--port")
    by = passphrase.identity(arguments)
    context = _context(arguments)
    own = logs.resolver_beside(arguments.key)
    method = signers.method_of(by, own)
    forms = chosen(key_of(by.signer).algorithm, arguments.suite)
    others = network.transport() if arguments.network else None
    resolver = own if others is None else network.resolver(others)
    with ExitStack() as opened:
        listener = opened.enter_context(listen(host, port))
        url = arguments.url.removesuffix("/") if arguments.url else _own_url(arguments, host, listener.getsockname()[1])
        suite = next(Suite(each) for each in forms if each is not Form.JWT)
        lists = Lists(by, base=f"{url}{LIST_PATH}/", suite=suite, method=method)
        if arguments.state is not None:
            opened.enter_context(rolls.locked(arguments.state, wait=False))
            _restore(lists, arguments.state)
        verifying = Verifying(
            resolver=resolver,
            issuers=arguments.issuer or anybody,
            transport=OwnLists(lists, others),
            loopback=arguments.plain_http,
        )
        issuing = Issuing(by, form=forms[0], lists=lists, purposes=_purposes(arguments.status), method=method)
        app = application(
            issuing=issuing,
            verifying=verifying,
            lists=lists,
            dids=DidApi(resolver),
            authorities=_authorities(listener.getsockname()[1]) if arguments.plain_http else None,
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


def _host(arguments: argparse.Namespace) -> str:
    host: str = arguments.host
    if arguments.plain_http and host not in _LOOPBACK:
        raise InputError(f"--plain-http: only on this machine, at {', '.join(_LOOPBACK)}; got {shown(host)}")
    if (arguments.certificate is None) is not (arguments.certificate_key is None):
        raise InputError("--certificate and --certificate-key go together")
    if not host or not host.isascii() or not host.isprintable() or any(character in host for character in "/[]@ "):
        raise InputError(f"--host: expected an address or a name, got {shown(host)}")
    if arguments.url is None:
        if host in ("0.0.0.0", "::"):  # noqa: S104 - it is refused
            raise InputError("--url: needed where the server listens on all addresses")
    elif hosts(arguments.url) is None or not arguments.url.startswith(f"{_scheme(arguments)}://"):
        raise InputError(f"--url: expected an {_scheme(arguments)} URL, got {shown(arguments.url)}")
    elif "?" in arguments.url or "#" in arguments.url:
        raise InputError(f"--url: expected neither query nor fragment, got {shown(arguments.url)}")
    return host


def _scheme(arguments: argparse.Namespace) -> str:
    return "http" if arguments.plain_http else "https"


def _own_url(arguments: argparse.Namespace, host: str, port: int) -> str:
    return f"{_scheme(arguments)}://{f'[{host}]' if ':' in host else host}:{port}"


def _authorities(port: int) -> list[str]:
    """How this machine's own clients name the server."""
    return [f"{f'[{host}]' if ':' in host else host}:{port}" for host in _LOOPBACK]


def _context(arguments: argparse.Namespace) -> ssl.SSLContext | None:
    from attorn.web.certificate import LOCAL, context, self_signed  # noqa: PLC0415 - loads OpenSSL

    if arguments.plain_http:
        return None
    if arguments.certificate is not None:
        return context(
            source.file(arguments.certificate, "certificate", _MOST_PEM),
            source.file(arguments.certificate_key, "certificate key", _MOST_PEM),
        )
    names = [*LOCAL, arguments.host]
    return context(*self_signed([name for name in names if name != "0.0.0.0"], now=datetime.now(UTC)))  # noqa: S104


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
