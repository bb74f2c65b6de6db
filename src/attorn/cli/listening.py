"""What the servers of `attorn serve` have in common: where they listen, under which URL, with which certificate."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from attorn.cli import source
from attorn.cli.command import Parser
from attorn.display import shown
from attorn.errors import InputError
from attorn.request.url import hosts

if TYPE_CHECKING:
    import ssl

LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
_MOST_PEM: Final = 1 << 20


def add_address(parser: Parser) -> None:
    """The options that say where to listen."""
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", metavar="N", default="8443", help="the port; 0 is any that is free (default: 8443)")
    parser.add_argument("--url", metavar="URL", help="how others write the server (default: by its host and port)")


def add_security(parser: Parser) -> None:
    """The options that say how connections are secured."""
    secured = parser.add_mutually_exclusive_group(required=True)
    secured.add_argument("--self-signed", action="store_true", help="https with a certificate made for this run")
    secured.add_argument("--certificate", metavar="FILE", help="https with this certificate chain, in PEM")
    secured.add_argument("--plain-http", action="store_true", help="http without TLS, on this machine only")
    parser.add_argument("--certificate-key", metavar="FILE", help="the key of --certificate, in PEM")


def host_of(arguments: argparse.Namespace) -> str:
    """The address to listen on, once all of these options go together. Raises `InputError`."""
    host: str = arguments.host
    if arguments.plain_http and host not in LOOPBACK:
        raise InputError(f"--plain-http: only on this machine, at {', '.join(LOOPBACK)}; got {shown(host)}")
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


def url_of(arguments: argparse.Namespace, host: str, port: int) -> str:
    """How others write a server that listens on this port, without a slash at its end."""
    if arguments.url:
        return str(arguments.url).removesuffix("/")
    return f"{_scheme(arguments)}://{_bracketed(host)}:{port}"


def authorities(port: int) -> list[str]:
    """How this machine's own clients name the server."""
    return [f"{_bracketed(host)}:{port}" for host in LOOPBACK]


def context_of(arguments: argparse.Namespace) -> ssl.SSLContext | None:
    """The certificate and its key; None for plain http. Raises `InputError`."""
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


def _scheme(arguments: argparse.Namespace) -> str:
    return "http" if arguments.plain_http else "https"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
