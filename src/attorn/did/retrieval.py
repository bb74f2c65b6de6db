"""Finding the key of a signature: from the URL of a verification method to a key that may be used for this purpose."""

from __future__ import annotations

from attorn.did.did import parse_url
from attorn.did.document import DidDocument, Relationship, VerificationMethod
from attorn.did.fault import Fault
from attorn.did.resolver import Resolver
from attorn.display import shown
from attorn.errors import InputError, MalformedError, ResolutionError
from attorn.handed import ask


def retrieve(url: str, relationship: Relationship, resolver: Resolver) -> VerificationMethod:
    """The method at `url`, an absolute DID URL, which its own DID lists for `relationship`.

    Raises `ResolutionError`, its `problem` one of the five names of Controlled Identifiers 1.0 section 3.3, and
    `UnavailableError` where it could not be found out. A method that attorn cannot verify with, that has expired or was
    revoked is as good as none.
    """
    if not isinstance(relationship, Relationship):
        raise InputError(f"expected a Relationship, got {type(relationship).__name__}")
    try:
        parsed = parse_url(url)
    except MalformedError as error:
        raise ResolutionError(f"verification method: {error}", problem=Fault.INVALID_VERIFICATION_METHOD_URL) from None
    if not parsed.names_method:
        raise ResolutionError(
            f"verification method: expected a DID and a fragment, got {shown(url)}",
            problem=Fault.INVALID_VERIFICATION_METHOD_URL,
        )
    did = parsed.did.text
    try:
        document = ask("resolver", lambda: resolver.resolve(did))
    except (ResolutionError, MalformedError) as error:
        raise ResolutionError(str(error), problem=Fault.INVALID_CONTROLLED_IDENTIFIER_DOCUMENT) from error
    if not isinstance(document, DidDocument) or document.deactivated:
        raise ResolutionError(
            f"the resolver returned no live document of {shown(did)}",
            problem=Fault.INVALID_CONTROLLED_IDENTIFIER_DOCUMENT,
        )
    if document.id != did:
        raise ResolutionError(
            f"the resolver returned the document of another DID than {shown(did)}",
            problem=Fault.INVALID_CONTROLLED_IDENTIFIER_DOCUMENT_ID,
        )
    method = document.method(url)
    if method is None:
        raise ResolutionError(f"{shown(did)} has no method {shown(url)}", problem=Fault.INVALID_VERIFICATION_METHOD)
    if relationship not in method.relationships:
        raise ResolutionError(
            f"{shown(url)} is no key for {relationship}", problem=Fault.INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD
        )
    return method
