"""Terms and what defines them: the active context of JSON-LD 1.1 (API section 4.1), as far as attorn reads it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from attorn.canonical import JsonValue

KEYWORDS: Final = frozenset(
    f"@{name}"
    for name in (
        "base", "container", "context", "default", "direction", "embed", "explicit", "graph", "id", "import",
        "included", "index", "json", "language", "list", "nest", "none", "omitDefault", "prefix", "preserve",
        "propagate", "protected", "requireAll", "reverse", "set", "type", "value", "version", "vocab",
    )
)  # fmt: skip
"""JSON-LD 1.1 section 9.16."""
LIKE_KEYWORD: Final = re.compile(r"@[A-Za-z]+")
_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]*")

_MOST_KEPT: Final = 512


def is_absolute(iri: str) -> bool:
    """Whether `iri` has a scheme and holds nothing that an IRI cannot. Blank nodes have none."""
    return _ABSOLUTE.fullmatch(iri) is not None


@dataclass(frozen=True, slots=True)
class Scope:
    """A context that holds for the values of a term, or for the nodes of a type. `pinned`: it is from a document."""

    context: JsonValue
    pinned: bool


@dataclass(frozen=True, slots=True)
class Term:
    """What one context says of one term. `iri` is an IRI, a keyword, or None where the term means nothing."""

    iri: str | None
    type: str | None = None
    container: frozenset[str] = frozenset()
    prefix: bool = False
    scope: Scope | None = None
    protected: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True, eq=False)
class ActiveContext:
    """What every term means at one place. `previous` is what holds again inside, after a context of a type.

    `pinned`: only documents of known digest made it.
    """

    terms: Mapping[str, Term]
    vocab: str | None = None
    previous: ActiveContext | None = None
    pinned: bool = True

    def expand(self, name: str) -> str | None:
        """The IRI or keyword of a member or a type; None if nothing defines it."""
        if name in KEYWORDS:
            return name
        if name in self.terms:
            return self.terms[name].iri
        if LIKE_KEYWORD.fullmatch(name):
            return None
        found = compact_iri(self.terms, name)
        if found is None and self.vocab is not None and ":" not in name:
            found = self.vocab + name
        return found if found is not None and is_absolute(found) else None


def compact_iri(terms: Mapping[str, Term], name: str) -> str | None:
    """What `name` is by its prefix, or as an IRI; None if it has no colon that makes it either."""
    prefix, colon, rest = name.partition(":")
    if not colon or not prefix:
        return None
    term = terms.get(prefix)
    if term is not None and term.prefix and term.iri is not None and not rest.startswith("//"):
        return term.iri + rest
    return name if is_absolute(name) else None


NOTHING: Final = ActiveContext({})
"""What holds before any context: no term means anything."""
Key: TypeAlias = tuple[ActiveContext, str, str]
"""An active context, and which other one was applied to it."""


class Made:
    """Active contexts that only documents of known digest made: kept from one document to the next, not too many."""

    __slots__ = ("_kept",)

    def __init__(self) -> None:
        self._kept: dict[Key, ActiveContext] = {}

    def get(self, key: Key) -> ActiveContext | None:
        """The one that was put under `key`."""
        return self._kept.get(key)

    def put(self, key: Key, made: ActiveContext) -> None:
        """Keeps `made`, and forgets the others if there are too many."""
        if len(self._kept) >= _MOST_KEPT:
            self._kept = {}
        self._kept[key] = made
