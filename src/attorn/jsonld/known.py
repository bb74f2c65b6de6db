"""Whether every term of a document means something: no member is dropped, whatever processes the document later.

The walk follows the expansion of JSON-LD 1.1 (API section 5.1), without expanding anything. A processor drops what no
context defines, so that a claim would be read that nobody signed (VC Data Integrity 1.0 section 2.4.3).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attorn.canonical import JsonValue
from attorn.display import shown
from attorn.errors import CredentialError, InputError
from attorn.handed import members
from attorn.jsonld.active import NOTHING, ActiveContext, Term, is_absolute
from attorn.jsonld.library import Contexts, bundled
from attorn.jsonld.processing import Processing

MOST_VALUES: Final = 20_000
"""Most values in one document, members and elements alike."""
DEEPEST: Final = 32
"""Deepest nesting of a document."""
DATA_LOSS: Final = "https://w3id.org/security#DATA_LOSS_DETECTION_ERROR"
# The two places where a document holds another, which names its own contexts.
_HOLD_DOCUMENTS: Final = frozenset(
    ("https://www.w3.org/2018/credentials#verifiableCredential", "https://w3id.org/security#proof")
)
_IN_VALUES: Final = frozenset(("@value", "@type", "@language", "@direction", "@index"))
_CONTAINERS: Final = frozenset(("@set", "@list", "@graph", "@language"))


def require_known(
    document: Mapping[str, JsonValue], *, contexts: Contexts | None = None, statements: bool = False
) -> None:
    """Raises `CredentialError` unless the contexts that `document` names define every member and type in it.

    They must be bundled, among `contexts`, or written out in the document. Refused are also a nested `@context`, other
    than in an embedded credential or a proof, what would redefine a protected term, and more than the bounds above.
    With `statements`, for a document whose statements are signed and not its JSON, also what can be written in two
    ways, so that a reader of JSON would miss it: contexts written out in the document, and IRIs and keywords for which
    there is a term; and what RDF has no word for: null, an empty list, a list in a list.
    """
    if not isinstance(document, Mapping):
        raise InputError(f"document: expected a mapping, got {type(document).__name__}")
    if contexts is not None and not isinstance(contexts, Contexts):
        raise InputError(f"contexts: expected Contexts, got {type(contexts).__name__}")
    if type(statements) is not bool:
        raise InputError("statements: expected True or False")
    document = members("document", document)
    processing = Processing(bundled() if contexts is None else contexts, every=statements)
    _Walk(processing, statements).node(NOTHING, None, document, depth=0, embedded=True)


def _undefined(what: str) -> CredentialError:
    return CredentialError(f"no context of the document defines {what}", problem=DATA_LOSS)


class _Walk:
    __slots__ = ("_left", "_processing", "_statements")

    def __init__(self, processing: Processing, statements: bool) -> None:
        self._processing = processing
        self._statements = statements
        self._left = MOST_VALUES

    def node(
        self,
        active: ActiveContext,
        term: tuple[str, Term] | None,
        members: Mapping[str, JsonValue],
        *,
        depth: int,
        embedded: bool = False,
    ) -> None:
        """An object that is a value of `term`. `embedded`: it may name contexts of its own."""
        active = self._reverted(active, members)
        if term is not None and term[1].scope is not None:
            active = self._processing.scoped(active, term[0], term[1].scope, by_type=False)
        if "@context" in members:
            if not embedded:
                raise CredentialError("an @context stands inside the document")
            self._check_contexts(members["@context"])
            active = self._processing.apply(active, members["@context"])
        for name in members:
            if not isinstance(name, str):
                raise InputError(f"document: expected text as names of members, got {type(name).__name__}")
        before = active
        active = self._typed(active, members)
        expanded = {name: active.expand(name) for name in members}
        keywords = [iri for iri in expanded.values() if iri is not None and iri.startswith("@")]
        if len(set(keywords)) != len(keywords):
            raise CredentialError("an object says its id or its type twice")
        for name, iri in expanded.items():
            self._check_name(active, name, iri)
        if "@value" in keywords:
            self._value_object(active, expanded, members)
            return
        for name, value in members.items():
            self._count(depth)
            if expanded[name] == "@type":
                # The context of a type does not define the types.
                self._types(before, value, depth)
            else:
                self._member(active, name, expanded[name], value, depth)

    def _check_contexts(self, context: JsonValue) -> None:
        for each in context if isinstance(context, list) else [context]:
            if self._statements and not isinstance(each, str):
                raise CredentialError("a context stands in the document, whose statements are signed and not its JSON")

    def _check_name(self, active: ActiveContext, name: str, iri: str | None) -> None:
        """Raises `CredentialError` if the statements would be the same under another name."""
        if self._statements and iri is not None:
            names = [term for term, defined in active.terms.items() if defined.iri == iri]
            if names and names != [name]:
                raise CredentialError(f"{shown(name)} is another name for {shown(names[0])}, whose JSON is not signed")

    def _reverted(self, active: ActiveContext, members: Mapping[str, JsonValue]) -> ActiveContext:
        if active.previous is None:
            return active
        found = [active.expand(name) for name in members]
        return active if "@value" in found or found == ["@id"] else active.previous

    def _typed(self, active: ActiveContext, members: Mapping[str, JsonValue]) -> ActiveContext:
        before = active
        for name in members:
            if before.expand(name) == "@type":
                value = members[name]
                for each in sorted(
                    each for each in (value if isinstance(value, list) else [value]) if type(each) is str
                ):
                    term = before.terms.get(each)
                    if term is not None and term.scope is not None:
                        active = self._processing.scoped(active, each, term.scope, by_type=True)
        return active

    def _types(self, active: ActiveContext, value: JsonValue, depth: int) -> None:
        if self._statements and value == []:
            raise CredentialError("an empty list of types says nothing that RDF could", problem=DATA_LOSS)
        for each in value if isinstance(value, list) else [value]:
            self._count(depth)
            iri = active.expand(each) if isinstance(each, str) else None
            if iri is None or not is_absolute(iri):
                raise _undefined(f"the type {shown(each)}")
            self._check_name(active, str(each), iri)

    def _member(self, active: ActiveContext, name: str, iri: str | None, value: JsonValue, depth: int) -> None:
        if iri is None:
            raise _undefined(f"the term {shown(name)}")
        if iri == "@id":
            if not isinstance(value, str):
                raise CredentialError(f"expected an id as text, got {shown(value)}")
        elif not iri.startswith("@"):
            term = active.terms.get(name) or Term(iri)
            self._value(active, (name, term), value, depth + 1, embedded=iri in _HOLD_DOCUMENTS)
        elif name != "@context":
            raise CredentialError(f"the document holds {shown(name)}, which is not supported here")

    def _value(
        self, active: ActiveContext, term: tuple[str, Term], value: JsonValue, depth: int, *, embedded: bool
    ) -> None:
        self._count(depth)
        if term[1].type == "@json":
            return
        if not term[1].container <= _CONTAINERS:
            raise CredentialError(f"the container of the term {shown(term[0])} is not supported here")
        if self._statements and (value is None or value == []):
            raise CredentialError(f"{shown(term[0])} says nothing that RDF could", problem=DATA_LOSS)
        if isinstance(value, list):
            for each in value:
                if self._statements and isinstance(each, list) and "@list" not in term[1].container:
                    raise CredentialError(f"{shown(term[0])} holds a list in a list", problem=DATA_LOSS)
                self._value(active, term, each, depth + 1, embedded=embedded)
        elif isinstance(value, dict) and "@language" in term[1].container:
            self._texts(term[0], value)
        elif isinstance(value, dict):
            self.node(active, term, value, depth=depth, embedded=embedded)
        elif value is not None and not isinstance(value, str | int | float):
            raise InputError(f"document: expected JSON values, got {type(value).__name__}")

    def _texts(self, name: str, value: dict[str, JsonValue]) -> None:
        for language, texts in value.items():
            for each in texts if isinstance(texts, list) else [texts]:
                self._count(0)
                if not isinstance(each, str) or language.startswith("@"):
                    raise CredentialError(f"expected the member {shown(name)} as text by language")

    def _value_object(
        self, active: ActiveContext, expanded: dict[str, str | None], members: Mapping[str, JsonValue]
    ) -> None:
        for name, iri in expanded.items():
            self._count(0)
            if iri is None:
                raise _undefined(f"the term {shown(name)}")
            if iri not in _IN_VALUES:
                raise CredentialError(f"a value object holds {shown(name)}")
            if self._statements and members[name] is None:
                raise CredentialError("a null says nothing that RDF could", problem=DATA_LOSS)
            if isinstance(members[name], dict | list) and iri != "@value":
                raise CredentialError(f"a value object: expected {shown(name)} as text")
            if iri == "@type":
                self._datatype(active, members[name])

    def _datatype(self, active: ActiveContext, value: JsonValue) -> None:
        """Raises `CredentialError` for a datatype that nothing defines: the value would lose it without a word."""
        iri = active.expand(value) if isinstance(value, str) else None
        defined = iri is not None and (is_absolute(iri) or iri == "@json")
        if value is not None and not defined:
            raise _undefined(f"the datatype {shown(value)}")

    def _count(self, depth: int) -> None:
        self._left -= 1
        if self._left < 0:
            raise CredentialError(f"the document holds more than {MOST_VALUES} values")
        if depth > DEEPEST:
            raise CredentialError(f"the document is nested deeper than {DEEPEST} levels")
