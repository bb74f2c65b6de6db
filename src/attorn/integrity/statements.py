"""The statements of a JSON-LD document in canonical order: expansion by PyLD, RDFC-1.0 by pyoxigraph.

Both come with the extra `attorn[rdf]`. PyLD drops what it cannot say in RDF and may fetch contexts, so it gets neither
the chance nor the means: terms are checked before, what came out is checked behind, and its loader knows only what
attorn knows.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from functools import lru_cache
from threading import Lock
from typing import Any, Final, TypeAlias

import pyoxigraph
from cachetools import LRUCache
from pyld import jsonld
from pyld.context_resolver import ContextResolver

from attorn.canonical import JsonValue, canonicalise
from attorn.display import shown
from attorn.errors import ProofError
from attorn.integrity.alike import Quad, require_tame
from attorn.jsonld.active import is_absolute
from attorn.jsonld.library import Contexts

MOST_STATEMENTS: Final = 4096
"""Most statements in one document."""
_MOST_KEPT: Final = 64
# Without a base PyLD takes one of its own, and makes of a relative IRI an absolute one.
_RELATIVE: Final = "relative-iri://none/"
_TRANSFORMATION: Final = "https://w3id.org/security#PROOF_TRANSFORMATION_ERROR"
_DATA_LOSS: Final = "https://w3id.org/security#DATA_LOSS_DETECTION_ERROR"
_Resource: TypeAlias = pyoxigraph.NamedNode | pyoxigraph.BlankNode
_Graph: TypeAlias = pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.DefaultGraph
_TYPE, _FIRST, _REST, _NIL, _JSON = (
    pyoxigraph.NamedNode(f"http://www.w3.org/1999/02/22-rdf-syntax-ns#{name}")
    for name in ("type", "first", "rest", "nil", "JSON")
)
_BOOLEAN, _INTEGER, _DOUBLE = (
    pyoxigraph.NamedNode(f"http://www.w3.org/2001/XMLSchema#{name}") for name in ("boolean", "integer", "double")
)
# What the library raises for documents that it cannot read; its own checks are few.
_FAILURES: Final = (
    jsonld.JsonLdError, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError,
)  # fmt: skip


def canonical(document: Mapping[str, JsonValue], contexts: Contexts) -> bytes:
    """The canonical N-Quads of `document`, whose terms are known (`jsonld.require_known`).

    Raises `ProofError` for what RDF could not say or would say otherwise, and for what would take too long.
    """
    statements = _Statements()
    try:
        statements.document(_processor(contexts).expanded(document))
    except _FAILURES as error:
        failure = type(error).__name__
    else:
        return _canonical(statements.quads)
    raise ProofError(f"the document cannot be said in RDF ({failure})", problem=_TRANSFORMATION)


class _Processor:
    """PyLD with the contexts that attorn knows."""

    __slots__ = ("_contexts", "_kept", "_lock")

    def __init__(self, contexts: Contexts) -> None:
        self._contexts = contexts
        # The library's own is shared with whatever else in this process uses it, and with another loader.
        self._kept: LRUCache[str, Any] = LRUCache(maxsize=_MOST_KEPT)
        self._lock = Lock()

    def expanded(self, document: Mapping[str, JsonValue]) -> Any:
        """The document in expanded form. Raises `ProofError`, and whatever the library does."""
        options = {"documentLoader": self._load, "base": _RELATIVE, "processingMode": "json-ld-1.1"}
        # What is kept is not made for several threads, and the work is all Python.
        with self._lock:
            options["contextResolver"] = ContextResolver(self._kept, self._load)
            return jsonld.expand(copy.deepcopy(dict(document)), options, on_property_dropped=_dropped)

    def _load(self, url: str, options: object) -> dict[str, Any]:
        # A copy: the library writes into what it gets.
        document = {"@context": copy.deepcopy(self._contexts.context(url))}
        return {
            "contentType": "application/ld+json",
            "contextUrl": None,
            "documentUrl": url,
            "document": document,
            "tag": "static",
        }


@lru_cache(maxsize=8)
def _processor(contexts: Contexts) -> _Processor:
    return _Processor(contexts)


def _dropped(name: object) -> None:
    raise _lost(f"{shown(name)} would be dropped")


class _Statements:
    """The quads of an expanded document, one after the other (JSON-LD 1.1 API section 7.2).

    Of its own, because the library compares each value of a member with each other. Raises `ProofError` for what would
    not be among the statements, or not as it was.
    """

    __slots__ = ("_blank", "quads")

    def __init__(self) -> None:
        self.quads: list[pyoxigraph.Quad] = []
        self._blank = 0

    def document(self, expanded: Any) -> None:
        """Adds those of all nodes at the top."""
        for node in expanded:
            self._node(node, pyoxigraph.DefaultGraph())

    def _node(self, node: dict[str, Any], graph: _Graph) -> _Resource:
        subject = _iri(node["@id"]) if "@id" in node else self._fresh()
        for name, values in node.items():
            if name == "@type":
                for each in values if isinstance(values, list) else [values]:
                    self._add(subject, _TYPE, _iri(each), graph)
            elif name == "@graph":
                for each in values:
                    self._node(each, subject)
            elif name != "@id":
                if not isinstance(values, list) or not values:
                    raise _lost(f"{shown(name)} would be dropped")
                predicate = _iri(name)
                for each in values:
                    self._add(subject, predicate, self._object(each, graph), graph)
        return subject

    def _object(self, value: Any, graph: _Graph) -> _Resource | pyoxigraph.Literal:
        if not isinstance(value, dict):
            raise _lost(f"{shown(value)} would be dropped")
        if "@value" in value:
            return _literal(value)
        if "@list" in value:
            return self._list(value["@list"], graph)
        return self._node(value, graph)

    def _list(self, values: list[Any], graph: _Graph) -> _Resource:
        head: _Resource = _NIL
        for each in reversed(values):
            found, rest = self._object(each, graph), head
            head = self._fresh()
            self._add(head, _FIRST, found, graph)
            self._add(head, _REST, rest, graph)
        return head

    def _fresh(self) -> pyoxigraph.BlankNode:
        self._blank += 1
        return pyoxigraph.BlankNode(f"b{self._blank}")

    def _add(
        self,
        subject: _Resource,
        predicate: pyoxigraph.NamedNode,
        found: _Resource | pyoxigraph.Literal,
        graph: _Graph,
    ) -> None:
        if len(self.quads) >= MOST_STATEMENTS:
            raise ProofError(f"more than {MOST_STATEMENTS} statements", problem=_TRANSFORMATION)
        self.quads.append(pyoxigraph.Quad(subject, predicate, found, graph))


def _iri(name: Any) -> pyoxigraph.NamedNode:
    if not isinstance(name, str) or not is_absolute(name) or name.startswith("relative-iri:"):
        raise _lost(f"{shown(name)} is no absolute IRI, and would be dropped")
    return pyoxigraph.NamedNode(name)


def _literal(value: dict[str, Any]) -> pyoxigraph.Literal:
    found, kind, language = value["@value"], value.get("@type"), value.get("@language")
    if kind == "@json":
        return pyoxigraph.Literal(canonicalise(found).decode("utf-8"), datatype=_JSON)
    if found is None or not value.keys() <= {"@value", "@type", "@language"}:
        raise _lost("a null or the direction of a text would be dropped")
    datatype = None if kind is None else _iri(kind)
    if isinstance(found, bool):
        return pyoxigraph.Literal("true" if found else "false", datatype=datatype or _BOOLEAN)
    if isinstance(found, int | float):
        if datatype != _DOUBLE and (isinstance(found, int) or found.is_integer()):
            return pyoxigraph.Literal(str(int(found)), datatype=datatype or _INTEGER)
        return pyoxigraph.Literal(_double(float(found)), datatype=datatype or _DOUBLE)
    if language is not None:
        return pyoxigraph.Literal(found, language=language)
    if datatype == _DOUBLE:
        raise _lost("a number as text might be written otherwise")
    return pyoxigraph.Literal(found) if datatype is None else pyoxigraph.Literal(found, datatype=datatype)


def _double(number: float) -> str:
    """The canonical form of an `xsd:double` in 16 digits (JSON-LD 1.1 API section 8.6)."""
    mantissa, _, exponent = f"{number:.15E}".partition("E")
    if float(f"{mantissa}E{exponent}") != number:
        raise _lost(f"the number {shown(number)} has more digits than RDF keeps")
    digits = mantissa.rstrip("0")
    return f"{digits}{'0' if digits.endswith('.') else ''}E{int(exponent)}"


def _lost(message: str) -> ProofError:
    return ProofError(message, problem=_DATA_LOSS)


def _canonical(quads: list[pyoxigraph.Quad]) -> bytes:
    require_tame(_spelt(quad) for quad in quads)
    graph = pyoxigraph.Dataset(quads)
    graph.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    written = pyoxigraph.serialize(graph, format=pyoxigraph.RdfFormat.N_QUADS) or b""
    # Only a line feed ends a line; others stand as themselves in literals.
    lines = written.decode("utf-8").split("\n")[:-1]
    return "".join(f"{line}\n" for line in sorted(lines)).encode("utf-8")


def _spelt(quad: pyoxigraph.Quad) -> Quad:
    return (str(quad.subject), str(quad.predicate), str(quad.object), str(quad.graph_name))
