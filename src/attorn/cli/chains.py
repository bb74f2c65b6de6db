"""A token or a presentation as received, read but not verified, and links as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from attorn.biscuit.admission import admit
from attorn.biscuit.container import ProofKind
from attorn.canonical import JsonValue
from attorn.caveat.spoken import to_json
from attorn.display import stamp
from attorn.encoding import base64url_encode
from attorn.errors import MalformedError
from attorn.limits import Limits
from attorn.macaroon import link as macaroon_links
from attorn.macaroon.container import Macaroon, parse_all
from attorn.macaroon.issuing import claimed_name
from attorn.token import chain as chains
from attorn.token import presentation as presentations
from attorn.token.chain import UnverifiedChain
from attorn.token.link import Link
from attorn.token.presentation import Presentation
from attorn.token.token import is_macaroon, read_container, read_text


@dataclass(frozen=True, slots=True)
class Unverified:
    """What the bytes claim. `presentation` is None for a token in transit, `macaroon` for a Biscuit."""

    links: tuple[Link, ...]
    presentation: Presentation | None
    macaroon: Accompanied | None = None


@dataclass(frozen=True, slots=True)
class Accompanied:
    """What stands beside the links of a Macaroon, by number. `key` is the name of the key it says made it, in hex."""

    key: str | None
    third_parties: int
    discharges: int


def receive(text: str) -> Unverified:
    """The token or presentation in `text`. Raises `MalformedError`, `NotAdmittedError` or `LimitError`."""
    limits = Limits()
    data = read_text(text, limits)
    if is_macaroon(data):
        return _macaroon(parse_all(data), limits)
    container = read_container(data, limits)
    if container.proof is ProofKind.IN_TRANSIT:
        return _unverified(chains.read(container.blocks, limits), None)
    if container.proof is not ProofKind.SEAL or len(container.blocks) < 2:
        raise MalformedError("neither a token in transit nor a presentation of one")
    return _unverified(chains.read(container.blocks[:-1], limits), container.blocks[-1].payload)


def _macaroon(macaroons: Sequence[Macaroon], limits: Limits) -> Unverified:
    whole, *discharges = macaroons
    found = macaroon_links.read(whole.identifier, whole.unverified_caveats, most_links=limits.links)
    if found.presentation is None and discharges:
        raise MalformedError("discharges behind a token in transit, which has none yet")
    payload = None if found.presentation is None else found.presentation.payload
    third_parties = sum(each.vid is not None for each in whole.unverified_caveats)
    beside = Accompanied(claimed_name(whole.identifier), third_parties, len(discharges))
    return replace(_unverified(chains.read(found.links, limits), payload), macaroon=beside)


def _unverified(chain: UnverifiedChain, presented: bytes | None) -> Unverified:
    if presented is None:
        return Unverified(chain.links, None)
    return Unverified(chain.links, presentations.read(admit(presented, chain.symbols, Limits())))


def link_json(link: Link) -> dict[str, JsonValue]:
    """A link for machines; `limits` says each caveat in words, in the same order."""
    return {
        "position": link.position,
        "id": base64url_encode(link.id),
        "delegator": link.delegator,
        "delegate": link.delegate,
        "issued": stamp(link.issued),
        "purpose": link.purpose,
        "caveats": [to_json(caveat) for caveat in link.caveats],
        "limits": [caveat.limit() for caveat in link.caveats],
    }


def links_json(links: Sequence[Link]) -> list[JsonValue]:
    """A chain for machines, the user's own link first."""
    return [link_json(link) for link in links]
