"""Making an active context: JSON-LD 1.1 API sections 4.1 and 4.2, less what no credential needs, which is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from attorn.canonical import JsonValue
from attorn.display import shown
from attorn.errors import CredentialError
from attorn.jsonld.active import KEYWORDS, LIKE_KEYWORD, ActiveContext, Key, Scope, Term, compact_iri, is_absolute
from attorn.jsonld.library import Contexts

MOST_CONTEXTS: Final = 16
"""Most contexts in one list."""
MOST_DEFINITIONS: Final = 4096
"""Most terms defined while one document is read."""
MOST_COPIED: Final = 262_144
"""Most terms that are taken over from one context to the next while one document is read."""
MOST_IRI: Final = 512
"""Most characters of what a context makes of a term, or puts before others: it may be said 20,000 times."""
_DEEPEST: Final = 8
_OWN: Final = frozenset(("@version", "@vocab", "@protected", "@language", "@direction"))
_DEFINITION: Final = frozenset(
    ("@id", "@type", "@container", "@context", "@protected", "@prefix", "@language", "@direction")
)
_TYPES: Final = frozenset(("@id", "@vocab", "@json", "@none"))
_CONTAINERS: Final = frozenset(("@graph", "@id", "@index", "@language", "@list", "@set", "@type"))
_SEPARATORS: Final = ":/?#[]@"


class Processing:
    """Active contexts for one document, from `contexts` and within the bounds. Raises `CredentialError`.

    With `every`, a context counts each time that it is applied, even if it is remembered.
    """

    __slots__ = ("_contexts", "_copies", "_every", "_left", "_made", "_own")

    def __init__(self, contexts: Contexts, *, every: bool = False) -> None:
        self._contexts = contexts
        self._made = contexts.made
        self._every = every
        self._left = MOST_DEFINITIONS
        self._copies = MOST_COPIED
        self._own: dict[Key, ActiveContext] = {}

    def scoped(self, active: ActiveContext, name: str, scope: Scope, *, by_type: bool) -> ActiveContext:
        """`active` with the context of the term `name` applied: for the nodes of a type, or the values of a member."""
        return self._once(
            (active, name, "type" if by_type else "member"),
            scope.pinned,
            lambda: self._apply(active, scope.context, scope.pinned, override=not by_type, propagate=not by_type),
        )

    def apply(self, active: ActiveContext, local: JsonValue) -> ActiveContext:
        """`active` with the value `local` of an `@context` in the document applied."""
        return self._apply(active, local, False)

    def _apply(
        self,
        active: ActiveContext,
        local: JsonValue,
        pinned: bool,
        *,
        override: bool = False,
        propagate: bool = True,
        depth: int = 0,
    ) -> ActiveContext:
        if depth > _DEEPEST:
            raise CredentialError("contexts name each other without end")
        entries = local if isinstance(local, list) else [local]
        if len(entries) > MOST_CONTEXTS:
            raise CredentialError(f"expected at most {MOST_CONTEXTS} contexts, got {len(entries)}")
        result = active if propagate or active.previous else replace(active, previous=active)
        for entry in entries:
            if entry is None:
                if not override and any(term.protected for term in result.terms.values()):
                    raise CredentialError("a context would clear protected terms")
                result = ActiveContext({}, None, None if propagate else result, result.pinned)
            elif isinstance(entry, str):
                result = self._remote(result, entry, depth)
            elif isinstance(entry, dict):
                self._spend(len(entry))
                self._copy(len(result.terms))
                result = _Definitions(result, entry, pinned=pinned, override=override).context()
            else:
                raise CredentialError(f"expected a context as a URL or an object, got {shown(entry)}")
        return result

    def _remote(self, active: ActiveContext, url: str, depth: int) -> ActiveContext:
        context = self._contexts.context(url)
        return self._once((active, url, "url"), True, lambda: self._apply(active, context, True, depth=depth + 1))

    def _once(self, key: Key, pinned: bool, make: Callable[[], ActiveContext]) -> ActiveContext:
        keep = pinned and key[0].pinned
        made = self._made.get(key) if keep else self._own.get(key)
        if made is None:
            made = make()
            if keep:
                self._made.put(key, made)
            else:
                self._own[key] = made
        elif self._every:
            self._spend(_more(made, key[0]))
        return made

    def _spend(self, definitions: int) -> None:
        self._left -= definitions
        if self._left < 0:
            raise CredentialError(f"contexts define more than {MOST_DEFINITIONS} terms")

    def _copy(self, terms: int) -> None:
        # A context that defines nothing costs as much as those that it stands behind.
        self._copies -= terms
        if self._copies < 0:
            raise CredentialError(f"contexts take over more than {MOST_COPIED} terms from each other")


def _more(made: ActiveContext, before: ActiveContext) -> int:
    """How many terms a context defined, at the least."""
    return max(1, abs(len(made.terms) - len(before.terms)))


class _Definitions:
    """The terms of one context object, being defined over those of another."""

    __slots__ = ("_before", "_depth", "_done", "_local", "_override", "_pinned", "_protected", "_terms", "_vocab")

    def __init__(self, before: ActiveContext, local: dict[str, JsonValue], *, pinned: bool, override: bool) -> None:
        self._before = before
        self._local = local
        self._override = override
        self._pinned = pinned
        self._terms = dict(before.terms)
        self._vocab = before.vocab
        self._done: dict[str, bool] = {}
        self._depth = 0
        self._protected = local.get("@protected", False)
        if type(self._protected) is not bool:
            raise CredentialError("a context: expected @protected as true or false")
        if "@version" in local and local["@version"] != 1.1:
            raise CredentialError("a context: expected @version as 1.1")

    def context(self) -> ActiveContext:
        """The context with all of them."""
        if "@vocab" in self._local:
            self._vocab = self._vocabulary(self._local["@vocab"])
        for name in self._local:
            if name in KEYWORDS and name != "@type":
                if name not in _OWN:
                    raise CredentialError(f"a context holds {name}, which is not supported")
            else:
                self._define(name)
        return ActiveContext(self._terms, self._vocab, self._before.previous, self._before.pinned and self._pinned)

    def _vocabulary(self, value: JsonValue) -> str | None:
        if value is None:
            return None
        vocab = compact_iri(self._before.terms, value) if isinstance(value, str) else None
        if vocab is None or len(vocab) > MOST_IRI or not is_absolute(vocab):
            raise CredentialError(
                f"a context: expected @vocab as an absolute IRI of at most {MOST_IRI} characters, got {shown(value)}"
            )
        return vocab

    def _define(self, name: str) -> None:
        if name in self._done:
            if not self._done[name]:
                raise CredentialError(f"a context defines {shown(name)} by itself")
            return
        self._done[name] = False
        self._depth += 1
        if self._depth > _DEEPEST:
            raise CredentialError(f"a context: the term {shown(name)} needs too many others")
        value = self._local[name]
        if isinstance(value, str) or value is None:
            members: dict[str, JsonValue] = {"@id": value}
        elif isinstance(value, dict):
            members = value
        else:
            raise CredentialError(f"a context: expected the term {shown(name)} as text or an object")
        if name == "@type":
            if not members.keys() <= {"@container", "@protected"} or members.get("@container", "@set") != "@set":
                raise CredentialError("a context redefines @type")
        elif not name or LIKE_KEYWORD.fullmatch(name):
            raise CredentialError(f"a context defines {shown(name)}, which can be no term")
        else:
            self._enter(name, self._term(name, members, simple=isinstance(value, str)))
        self._done[name] = True
        self._depth -= 1

    def _enter(self, name: str, term: Term) -> None:
        before = self._before.terms.get(name)
        if before is not None and before.protected and not self._override:
            if before != term:
                raise CredentialError(f"a context redefines the protected term {shown(name)}")
            term = replace(term, protected=True)
        self._terms[name] = term

    def _term(self, name: str, members: dict[str, JsonValue], *, simple: bool) -> Term:
        for member in members:
            if member not in _DEFINITION:
                raise CredentialError(f"a context: the term {shown(name)} holds {shown(member)}, not supported")
        protected = members.get("@protected", self._protected)
        prefix = members.get("@prefix", False)
        if type(protected) is not bool or type(prefix) is not bool:
            raise CredentialError(f"a context: expected @protected and @prefix of {shown(name)} as true or false")
        # What went before must not help to define it anew (section 4.2.2 step 7).
        self._terms.pop(name, None)
        iri = self._mapping(name, members)
        if iri is not None and len(iri) > MOST_IRI:
            raise CredentialError(f"a context: the term {shown(name)} is an IRI of more than {MOST_IRI} characters")
        if simple and iri is not None and iri[-1:] in _SEPARATORS:
            prefix = True
        return Term(
            iri,
            self._type(name, members),
            self._container(name, members),
            prefix and ":" not in name and "/" not in name,
            Scope(members["@context"], self._pinned) if "@context" in members else None,
            protected,
        )

    def _mapping(self, name: str, members: dict[str, JsonValue]) -> str | None:
        own = self._own(name)
        if "@id" not in members or members["@id"] == name:
            if own is None and self._vocab is not None and "@id" not in members:
                own = self._vocab + name
            if own is None or not is_absolute(own):
                raise CredentialError(f"a context: nothing says what the term {shown(name)} is")
            return own
        value = members["@id"]
        if value is None:
            return None
        iri = self._expand(value) if isinstance(value, str) else None
        if iri is None or iri == "@context" or (iri not in KEYWORDS and not is_absolute(iri)):
            raise CredentialError(f"a context: the term {shown(name)} is {shown(value)}, which is no IRI")
        if own is not None and own != iri:
            raise CredentialError(f"a context: {shown(name)} is an IRI, and would be another")
        return iri

    def _type(self, name: str, members: dict[str, JsonValue]) -> str | None:
        if "@type" not in members:
            return None
        value = members["@type"]
        found = self._expand(value) if isinstance(value, str) else None
        if found is None or (found not in _TYPES and not is_absolute(found)):
            raise CredentialError(f"a context: the type of {shown(name)} is {shown(value)}, which is none")
        return found

    def _container(self, name: str, members: dict[str, JsonValue]) -> frozenset[str]:
        value = members.get("@container", [])
        found = value if isinstance(value, list) else [value]
        containers = frozenset(each for each in found if isinstance(each, str))
        if len(containers) != len(found) or not containers <= _CONTAINERS:
            raise CredentialError(f"a context: the container of {shown(name)} is {shown(value)}, which is none")
        return containers

    def _own(self, name: str) -> str | None:
        """What a term is by its own name, if that is an IRI or has a prefix; it cannot be redefined to be another."""
        if ":" not in name[1:]:
            return name if "/" in name else None
        self._need(name.partition(":")[0])
        return compact_iri(self._terms, name) or name

    def _expand(self, value: str) -> str | None:
        """What `value` is, defining the terms of this same context that it needs."""
        if value in KEYWORDS:
            return value
        if LIKE_KEYWORD.fullmatch(value):
            return None
        self._need(value)
        if value in self._terms:
            return self._terms[value].iri
        self._need(value.partition(":")[0])
        found = compact_iri(self._terms, value)
        vocab = self._vocab if ":" not in value else None
        return vocab + value if found is None and vocab is not None else found

    def _need(self, name: str) -> None:
        if name in self._local and name not in KEYWORDS:
            self._define(name)
