"""What is known about who makes a request: what trusted issuers say of each delegate of its chain."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple

NAMES: Final = (
    "accountable",
    "capability",
    "digest",
    "kind",
    "model",
    "owner",
    "parent",
    "provider",
    "purpose",
    "stage",
    "version",
)
"""What an identity credential may say of an agent, and a caveat may ask, in ascending order."""


class Attested(NamedTuple):
    """What one genuine identity credential, issued by the DID `by`, says of one delegate: texts `name=value`."""

    by: str
    says: frozenset[str]


def meets(said: Collection[Attested], by: frozenset[str], wanted: Mapping[str, frozenset[str]]) -> bool:
    """Whether one credential by one of these DIDs says, for each of these names, one of its values."""
    return any(
        each.by in by and all(each.says & {f"{name}={value}" for value in values} for name, values in wanted.items())
        for each in said
    )


def all_meet(
    delegates: Sequence[Collection[Attested]], every: bool, by: frozenset[str], wanted: Mapping[str, frozenset[str]]
) -> bool:
    """Whether the holder, who is the last delegate, meets it, or with `every` each delegate does. Nobody is not."""
    asked = delegates if every else delegates[-1:]
    return bool(asked) and all(meets(said, by, wanted) for said in asked)
