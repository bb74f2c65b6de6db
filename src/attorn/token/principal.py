"""A principal as a token names it: by its key if that is its DID, else by the DID URL of one of its keys."""

from __future__ import annotations

from dataclasses import dataclass

from attorn.datalog import BYTES, STRING, Term, octets, string
from attorn.did import key as did_key
from attorn.did.did import parse_url
from attorn.did.document import DidDocument, Relationship, VerificationMethod
from attorn.did.resolver import Resolver, live_document
from attorn.display import shown
from attorn.errors import InputError, MalformedError, ResolutionError
from attorn.keys import multikey
from attorn.keys.public import PublicKey


@dataclass(frozen=True, slots=True)
class Principal:
    """`method` is the DID URL of a verification method, None for a did:key, whose key says it all.

    `key` is None only for a root that must be resolved first.
    """

    key: PublicKey | None
    method: str | None = None

    @property
    def did(self) -> str:
        """The DID."""
        if self.method is not None:
            return self.method.partition("#")[0]
        if self.key is None:
            raise InputError("a principal without a method needs a key")
        return did_key.encode(self.key)

    @property
    def subject(self) -> str:
        """What statements about this principal are kept under: see `attorn.did.subject`."""
        return f"key:{self.key.data.hex()}" if self.method is None and self.key is not None else self.did


def named(text: str) -> str:
    """`text` if it is a DID URL that may name a principal: not a did:key, and with a fragment. `MalformedError`."""
    url = parse_url(text)
    if url.did.method == "key" or not url.names_method:
        raise MalformedError("a principal that is not a did:key is named by the DID URL of its key")
    return text


def root_term(root: Principal) -> Term:
    """The term of the `user` fact: the Multikey bytes of a did:key, or a DID URL."""
    if root.method is not None:
        return string(root.method)
    if root.key is None:
        raise InputError("a root without a method needs a key")
    return octets(multikey.encode(root.key))


def read_root(term: Term) -> Principal:
    """The inverse of `root_term`. Raises `MalformedError`."""
    kind, value = term
    if kind == BYTES and isinstance(value, bytes):
        # Not fully checked: a key that is no point of the group verifies nothing, and the first link must verify.
        return Principal(multikey.read(value))
    if kind == STRING and isinstance(value, str):
        return Principal(None, named(value))
    raise MalformedError("expected the user as a Multikey or a DID URL")


def resolve(resolver: Resolver, did: str, relationships: frozenset[Relationship]) -> Principal:
    """The principal that `did` (a DID, or the DID URL of one key) is, able to do all of `relationships`.

    Raises `ResolutionError`, also where no key of the document may do that, and `UnavailableError`.
    """
    if not isinstance(did, str):
        raise InputError(f"expected a DID, got {type(did).__name__}")
    document = live_document(resolver, did.partition("#")[0])
    return _able(document, [method for method in document.methods if did in (document.id, method.id)], relationships)


def own(resolver: Resolver, did: str, key: PublicKey, relationships: frozenset[Relationship]) -> Principal:
    """The principal that `did` (a DID, or the DID URL of one key) is by this very key.

    Raises `InputError` if the DID does not list the key, `ResolutionError` if not for all of `relationships`, and
    `UnavailableError`.
    """
    if not isinstance(did, str):
        raise InputError(f"expected a DID, got {type(did).__name__}")
    document = live_document(resolver, did.partition("#")[0])
    mine = [method for method in document.methods if method.key == key and did in (document.id, method.id)]
    if not mine:
        raise InputError(f"{shown(did)} does not list this signer's key")
    return _able(document, mine, relationships)


def _able(
    document: DidDocument, methods: list[VerificationMethod], relationships: frozenset[Relationship]
) -> Principal:
    """The first of these methods that may be used for all of `relationships`. Raises `ResolutionError`."""
    for method in methods:
        if relationships <= method.relationships:
            return Principal(method.key, None if document.id.startswith(did_key.PREFIX) else method.id)
    raise ResolutionError(f"{document.id} has no key for {', '.join(sorted(relationships))}")


def confirm(resolver: Resolver, principal: Principal, relationship: Relationship) -> PublicKey:
    """The key of `principal`, after its DID has said that this very key is its own and is for `relationship`.

    Raises `ResolutionError` and `UnavailableError`. A did:key needs no asking: it is its key.
    """
    if principal.method is None:
        if principal.key is None:
            raise ResolutionError("a principal without a key")
        return principal.key
    return key_in(live_document(resolver, principal.did), principal, relationship)


def key_in(document: DidDocument, principal: Principal, relationship: Relationship) -> PublicKey:
    """The key that `document` gives `principal` for `relationship`. Raises `ResolutionError` if it is no such key."""
    method = None if principal.method is None else document.method(principal.method)
    if method is None or relationship not in method.relationships:
        raise ResolutionError(f"{principal.method} is no key of {principal.did} for {relationship}")
    if principal.key is not None and method.key != principal.key:
        raise ResolutionError(f"{principal.method} is another key than the token binds")
    return method.key
