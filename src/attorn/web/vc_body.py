"""What a client of the VC API sends, parsed. An option that is not known is refused: it would not be honoured.

VC API (W3C CCG draft); the members are those that the conformance suites of the W3C send.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from attorn.canonical import JsonValue, parse
from attorn.did.document import Relationship
from attorn.display import shown
from attorn.errors import CredentialError, MalformedError
from attorn.status import ListKind
from attorn.status.entry import TYPE
from attorn.web.vc_form import Form

PARSING: Final = "https://www.w3.org/TR/vc-data-model#PARSING_ERROR"
PURPOSES: Final = (ListKind.REVOCATION, ListKind.SUSPENSION)
"""The purposes for which a server keeps lists."""
_DEPTH: Final = 40
_MOST_ENTRIES: Final = 8
_MOST_TEXT: Final = 2048
_CHECKS: Final = frozenset({"proof", "credentialStatus", "status", "credentialSchema", "validity"})
_STATUS_CHECKS: Final = frozenset({"credentialStatus", "status"})
_PROOF: Final = "DataIntegrityProof"


@dataclass(frozen=True, slots=True)
class Issue:
    """A credential to issue. `form` and `purposes` are None where the client leaves them to the server."""

    unverified_credential: dict[str, JsonValue] = field(repr=False)
    form: Form | None
    purposes: tuple[ListKind, ...] | None


@dataclass(frozen=True, slots=True)
class Verify:
    """A credential or presentation to verify, and what must hold of it.

    `checks_status` is False only where the client lists the checks that it wants, and the status is none of them.
    """

    unverified_secured: dict[str, JsonValue] = field(repr=False)
    checks_status: bool
    challenge: str | None
    domain: tuple[str, ...] | None
    purpose: Relationship | None
    returns: bool


@dataclass(frozen=True, slots=True)
class Change:
    """One status to set: that of a credential by its id, or of an entry by its list and index."""

    credential_id: str | None
    purpose: ListKind
    value: bool
    uri: str | None
    index: int | None


def read_issue(body: bytes, *, most: int) -> Issue:
    """The request to `/credentials/issue` in `body`. Raises `CredentialError`."""
    members = _members(body, most, {"credential", "options"})
    options = _options(members, {"cryptosuite", "type", "credentialStatus", "mandatoryPointers"})
    if options.get("mandatoryPointers", []) != []:
        raise _bad("options.mandatoryPointers: no suite here discloses selectively")
    if options.get("type", _PROOF) != _PROOF:
        raise _bad(f"options.type: expected {_PROOF}, got {shown(options['type'])}")
    return Issue(_object(members, "credential"), _form(options), _wanted_purposes(options))


def read_verify(body: bytes, name: str, *, most: int) -> Verify:
    """The request to verify what is the member `name` of `body`. Raises `CredentialError`."""
    members = _members(body, most, {name, "options"})
    options = _options(
        members,
        {
            "checks",
            "challenge",
            "domain",
            "expectedProofPurpose",
            "proofPurpose",
            "returnCredential",
            "returnPresentation",
            "returnProblemDetails",
            "returnResults",
        },
    )
    return Verify(
        _object(members, name),
        _checks_status(options),
        _optional_text(options, "challenge"),
        _domain(options),
        _purpose(options),
        any(_flag(options, flag) for flag in ("returnCredential", "returnPresentation", "returnResults")),
    )


def read_changes(body: bytes, *, most: int) -> tuple[Change, ...]:
    """The request to `/credentials/status` in `body`. Raises `CredentialError`."""
    members = _members(body, most, {"credentialId", "credentialStatus", "status", "indexAllocator"})
    credential_id = _optional_text(members, "credentialId")
    given = members.get("credentialStatus")
    listed = given if isinstance(given, list) else [given]
    if not 0 < len(listed) <= _MOST_ENTRIES:
        raise _bad(f"credentialStatus: expected one object, or up to {_MOST_ENTRIES}")
    value = _value(members, True)
    return tuple(_change(each, credential_id, value) for each in listed)


def _members(body: bytes, most: int, known: set[str]) -> dict[str, JsonValue]:
    try:
        value = parse(body, most=most, depth=_DEPTH)
    except MalformedError as error:
        raise CredentialError(f"body: {error}", problem=PARSING) from None
    if not isinstance(value, dict):
        raise CredentialError("body: expected a JSON object", problem=PARSING)
    return _known(value, "body", known)


def _options(members: dict[str, JsonValue], known: set[str]) -> dict[str, JsonValue]:
    return _known(_object(members, "options"), "options", known) if "options" in members else {}


def _known(members: dict[str, JsonValue], name: str, known: set[str]) -> dict[str, JsonValue]:
    for member in members:
        if member not in known:
            raise _bad(f"{name}: {shown(member)} is not known here, so it would not be honoured")
    return members


def _object(members: dict[str, JsonValue], name: str) -> dict[str, JsonValue]:
    value = members.get(name)
    if not isinstance(value, dict):
        raise CredentialError(f"{name}: expected a JSON object, got {shown(value)}", problem=PARSING)
    return value


def _optional_text(members: dict[str, JsonValue], name: str) -> str | None:
    if name not in members:
        return None
    value = members[name]
    if not isinstance(value, str) or not 0 < len(value) <= _MOST_TEXT:
        raise _bad(f"{name}: expected text of at most {_MOST_TEXT} characters, got {shown(value)}")
    return value


def _flag(members: dict[str, JsonValue], name: str) -> bool:
    value = members.get(name, False)
    if not isinstance(value, bool):
        raise _bad(f"{name}: expected true or false, got {shown(value)}")
    return value


def _form(options: dict[str, JsonValue]) -> Form | None:
    value = options.get("cryptosuite")
    if "cryptosuite" not in options:
        return None
    if not isinstance(value, str) or value not in tuple(Form):
        raise _bad(f"options.cryptosuite: expected one of {', '.join(Form)}, got {shown(value)}")
    return Form(value)


def _wanted_purposes(options: dict[str, JsonValue]) -> tuple[ListKind, ...] | None:
    if "credentialStatus" not in options:
        return None
    given = options["credentialStatus"]
    listed = given if isinstance(given, list) else [given]
    found = [_status_purpose(each, {"type", "statusPurpose"}) for each in listed]
    if len(set(found)) < len(found):
        raise _bad("options.credentialStatus: a statusPurpose stands twice")
    return tuple(found)


def _status_purpose(value: JsonValue, known: set[str]) -> ListKind:
    if not isinstance(value, dict):
        raise _bad(f"credentialStatus: expected an object, got {shown(value)}")
    _known(value, "credentialStatus", known)
    if value.get("type") != TYPE:
        raise _bad(f"credentialStatus: expected {TYPE} as its type, got {shown(value.get('type'))}")
    purpose = value.get("statusPurpose")
    if not isinstance(purpose, str) or purpose not in PURPOSES:
        raise _bad(f"credentialStatus: expected {' or '.join(PURPOSES)} as its statusPurpose, got {shown(purpose)}")
    return ListKind(purpose)


def _checks_status(options: dict[str, JsonValue]) -> bool:
    given = options.get("checks", [])
    if not isinstance(given, list) or not all(isinstance(each, str) and each in _CHECKS for each in given):
        raise _bad(f"options.checks: expected an array of {', '.join(sorted(_CHECKS))}, got {shown(given)}")
    # An empty list asks for nothing in particular, as no list does.
    return not given or not _STATUS_CHECKS.isdisjoint(map(str, given))


def _domain(options: dict[str, JsonValue]) -> tuple[str, ...] | None:
    if "domain" not in options:
        return None
    given = options["domain"]
    listed = given if isinstance(given, list) else [given]
    domains = tuple(each for each in listed if isinstance(each, str) and 0 < len(each) <= _MOST_TEXT)
    if not 0 < len(domains) == len(listed) <= _MOST_ENTRIES:
        raise _bad(f"options.domain: expected text, or up to {_MOST_ENTRIES} texts, got {shown(given)}")
    return domains


def _purpose(options: dict[str, JsonValue]) -> Relationship | None:
    given = [options[name] for name in ("expectedProofPurpose", "proofPurpose") if name in options]
    if not given:
        return None
    if not all(isinstance(each, str) and each in tuple(Relationship) and each == given[0] for each in given):
        raise _bad(f"options.expectedProofPurpose: expected a verification relationship, got {shown(given[0])}")
    return Relationship(str(given[0]))


def _value(members: dict[str, JsonValue], default: bool) -> bool:
    value = members.get("status", default)
    if value in ("0", "1"):
        return value == "1"
    if not isinstance(value, bool):
        raise _bad(f"status: expected true or false, got {shown(value)}")
    return value


def _change(value: JsonValue, credential_id: str | None, default: bool) -> Change:
    entry = {"type", "statusPurpose", "status", "id", "statusListCredential", "statusListIndex"}
    purpose = _status_purpose(value, entry)
    members = value if isinstance(value, dict) else {}
    uri = _optional_text(members, "statusListCredential")
    index = _optional_text(members, "statusListIndex")
    _optional_text(members, "id")
    if index is not None and not (index.isascii() and index.isdigit() and len(index) <= 16):
        raise _bad("credentialStatus: expected statusListIndex as a base-10 text")
    if (uri is None) is not (index is None):
        raise _bad("credentialStatus: expected statusListCredential and statusListIndex together")
    if credential_id is None and uri is None:
        raise _bad("expected credentialId, or statusListCredential and statusListIndex")
    return Change(credential_id, purpose, _value(members, default), uri, None if index is None else int(index))


def _bad(message: str) -> CredentialError:
    return CredentialError(message)
