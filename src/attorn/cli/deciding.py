"""`attorn serve pdp`: decisions by chains, and by policies, for the enforcement points that may ask."""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from attorn.cli import listening, network, source
from attorn.cli.command import Commands, Result, command
from attorn.cli.verification import apply_revocations
from attorn.errors import InputError, KeyFileError, UnavailableError
from attorn.keys import owned
from attorn.macaroon import MacKey
from attorn.store import MemoryStore, SQLiteStore
from attorn.verify.verifier import Verifier
from attorn.words import whole

if TYPE_CHECKING:
    from attorn.authzen.cedar import CedarPolicy
    from attorn.authzen.peps import Peps

_NEEDED: Final = {"server": ("starlette", "uvicorn"), "authzen": ("httpx",)}
_NEEDED_FOR_POLICIES: Final = {"cedar": ("cedarpy",)}
_MOST_POLICY: Final = 1 << 20


def add(forms: Commands) -> None:
    """Add `serve pdp`."""
    parser = command(
        forms,
        "pdp",
        "serve AuthZEN decisions: what a chain permits, and what policies leave of it",
        _serve,
        "Decides by the presentation in context.attorn of each question. Whoever may ask uses presentations up, and\n"
        "says who asserted subjects are. Runs until it is interrupted.",
    )
    listening.add_address(parser)
    parser.add_argument("--root", metavar="DID", action="append", default=[], help="a trusted user (repeatable)")
    parser.add_argument("--audience", metavar="NAME", help="the name that presentations for you carry")
    parser.add_argument("--store", metavar="FILE.db", help="remember replays, revocations and uses in this SQLite file")
    parser.add_argument("--revocations", metavar="FILE", help="honour these entries and lists, read when it starts")
    parser.add_argument(
        "--authority", metavar="DID", action="append", default=[], help="may suspend any principal (repeatable)"
    )
    parser.add_argument(
        "--macaroon-key", metavar="FILE", action="append", default=[], help="take Macaroons on its bases (repeatable)"
    )
    parser.add_argument("--network", action="store_true", help="ask the servers that DIDs name, over https")
    parser.add_argument("--policy", metavar="FILE", help="Cedar policies that what a chain permits must meet as well")
    parser.add_argument("--entities", metavar="FILE", help="what else Cedar knows, in its JSON")
    parser.add_argument(
        "--asserted-policy", metavar="FILE", help="Cedar policies about subjects without a chain, on a PEP's word alone"
    )
    asking = parser.add_mutually_exclusive_group(required=True)
    asking.add_argument(
        "--pep-secret",
        metavar="FILE",
        action="append",
        help="a PEP is known by the secret in this file, mode 0600 (repeatable)",
    )
    asking.add_argument("--unsafe-anybody", action="store_true", help="whoever reaches the server may ask")
    listening.add_security(parser)


def _serve(arguments: argparse.Namespace) -> Result:
    policies = arguments.policy is not None or arguments.asserted_policy is not None
    for extra, names in {**_NEEDED, **(_NEEDED_FOR_POLICIES if policies else {})}.items():
        missing = [name for name in names if find_spec(name) is None]
        if missing:
            raise UnavailableError(
                f"serving needs {', '.join(missing)}, not installed here: pip install 'attorn[{extra}]'"
            )
    # Only now: these modules import what may be missing, and no other command needs them.
    from attorn.authzen.deciding import DecisionPoint  # noqa: PLC0415
    from attorn.authzen.evaluation import EVALUATION, EVALUATIONS, METADATA  # noqa: PLC0415
    from attorn.authzen.pdp import application  # noqa: PLC0415
    from attorn.web.named import Named  # noqa: PLC0415
    from attorn.web.serving import listen, server  # noqa: PLC0415

    host = listening.host_of(arguments)
    port = whole(arguments.port, "--port")
    peps = _peps(arguments)
    asserted = _policy(arguments.asserted_policy, arguments.entities)
    context = listening.context_of(arguments)
    with ExitStack() as opened:
        decisions = DecisionPoint(_verifier(arguments, opened), asserted=asserted)
        listener = opened.enter_context(listen(host, port))
        url = listening.url_of(arguments, host, listener.getsockname()[1])
        app = application(decisions, url=url, peps=peps)
        if arguments.plain_http:
            app = Named(app, listening.authorities(listener.getsockname()[1]))
        running = server(app, context=context)
        held = opened.pop_all()

    def run() -> None:
        with held:
            running.run(sockets=[listener])

    endpoints = {"evaluation": EVALUATION, "evaluations": EVALUATIONS, "metadata": METADATA}
    told: dict[str, Any] = {name: f"{url}{path}" for name, path in endpoints.items()}
    rows = {"audience": arguments.audience or "(asserted subjects only)", **told}
    text = "\n".join(f"{name:<13}{value}" for name, value in rows.items())
    return Result(text, {"url": url, "audience": arguments.audience, "endpoints": told}, then=run)


def _verifier(arguments: argparse.Namespace, opened: ExitStack) -> Verifier | None:
    """The verifier; None where subjects are asserted alone. Raises `InputError`."""
    if not arguments.root and arguments.audience is None and arguments.asserted_policy is not None:
        needless = ("store", "revocations", "policy")
        given = [f"--{name}" for name in needless if getattr(arguments, name) is not None]
        if given or arguments.authority or arguments.macaroon_key:
            raise InputError("--root and --audience: needed where anything is said about chains")
        return None
    if not arguments.root or arguments.audience is None:
        raise InputError("--root and --audience: expected both, or --asserted-policy alone")
    resolver = network.resolver(network.transport() if arguments.network else None)
    store: MemoryStore | SQLiteStore = MemoryStore()
    if arguments.store is not None:
        store = SQLiteStore(arguments.store)
        opened.callback(store.close)
    if arguments.revocations is not None:
        apply_revocations(store, arguments.revocations, resolver)
    return Verifier(
        audience=arguments.audience,
        roots=arguments.root,
        store=store,
        authorities=arguments.authority,
        macaroon_keys=[MacKey.load(path) for path in arguments.macaroon_key],
        resolver=resolver,
        policy=_policy(arguments.policy, arguments.entities),
    )


def _policy(path: str | None, entities: str | None) -> CedarPolicy | None:
    if path is None:
        return None
    from attorn.authzen.cedar import CedarPolicy  # noqa: PLC0415

    return CedarPolicy(_text(path, "policy"), entities="[]" if entities is None else _text(entities, "entities"))


def _text(path: str, what: str) -> str:
    try:
        return source.file(path, what, _MOST_POLICY).decode("utf-8")
    except UnicodeDecodeError:
        raise InputError(f"{what}: expected text in UTF-8") from None


def _peps(arguments: argparse.Namespace) -> Peps:
    from attorn.authzen.peps import unsafe_anybody  # noqa: PLC0415

    if arguments.unsafe_anybody:
        return unsafe_anybody
    try:
        return [owned.read(owned.name(path)).decode("ascii").strip("\r\n") for path in arguments.pep_secret]
    except UnicodeDecodeError:
        raise KeyFileError("pep secret: expected one line of ASCII") from None
