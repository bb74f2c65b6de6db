"""The checks that no vector covers, each with the reason."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Final

from tests.deletion.checks import Check

_SIGNED: Final = "`PublicKey.verify` asks of r and s again, by `is_low_s`"
_RENDERED: Final = "what was read counts only if it is written as the very check that it was read from"
_ENDS: Final = "the message around it must end where it says"
_WRITER: Final = "on the wire stand alternatives, which are bounded where they are read; this is asked of who writes"
_STORE: Final = "a store or ledger that is not attorn's; tests/attacks/test_section_f_ports.py and tests/stores"
_MADE: Final = "attorn itself makes what is handed to the store; tests/stores/test_values.py"
_BOTH: Final = "the number of a type and the type of the value go together, and both are asked"
_UNICODE: Final = "what is read from UTF-8 or strict JSON holds no surrogate"
_REFERENCE: Final = "asked where one is read, before; made without reading in tests/unit/test_status_references.py"
_CHOSEN: Final = "`checking` takes no other list; tests/unit/test_status_references.py asks of one"
_LISTED: Final = "asked where one is read, and of an entry; made without reading in tests/unit/test_status_lists.py"
_INDEX: Final = "asked of a reference and of the caveat Status before; tests/unit/test_status_lists.py"
_TEXTS: Final = "every caller has a text, or has asked for one"
_SUBJECT: Final = "`agent.identity.verify` hands it a dict; tests/unit/test_agent_profile.py"
_NULL: Final = "`credential.model.check_everywhere` refuses every null; tests/unit/test_agent_profile.py"
_SET: Final = "admission takes no empty set, and no member twice"
_ALTERNATIVES: Final = "admission counts the alternatives of a check, and there is one for each"
_FORGETS: Final = "no case depends on when a ledger forgets what it may forget; tests/stores/contract.py"
_NAMED: Final = "`revocation.signed.read` has told the three apart by these very names"
_LARGE: Final = "`canonical:_integer` refuses a larger one"
_LIVE: Final = "a resolver that is not attorn's; tests/unit/test_principal.py"

ARGUED: Final[dict[str, str]] = {
    "agent.identity:verify: if not all((is_did(did) for did in issuers))": "asked where the caveat is read: `Agent`",
    "agent.identity:verify: if len(found.subjects) != 1": "`agent.identity.read` asked it of the same text",
    "agent.identity:_references: if not isinstance(token, dict)": "`credential.jose` takes no other `status`",
    "agent.identity:_bounded: if not isinstance(text, str)": "`token.presentation` reads texts alone",
    "agent.identity:_bounded: if len(text) > MOST": "`credential.read` is given the same bound",
    "agent.profile:AgentProfile.read: if not isinstance(unverified_subject, Mapping)": _SUBJECT,
    "agent.profile:AgentProfile.read: if any((value is None for value in members.values()))": _NULL,
    "agent.profile:_require_text: if any(*": _UNICODE,
    "approval.approval:Approval.decode: if not isinstance(*": "`approval.text.read` has asked the type of each member",
    "approval.text:read: if len(text) > most": "the text of the presentation is bounded, and so is each member",
    "approval.text:read: if not isinstance(text, str)": "the fact of a presentation holds a text",
    "approval.text:read: if type(members[member]) is not kind": "what was read must be written as the very text again",
    "biscuit.admission:_Symbols.numbered: if number >= len(*": "an index beyond a table is `malformed` as well",
    "biscuit.admission:_Reader.expression: if index != end": "what is cut off is read again, and is no expression",
    "biscuit.admission:_Reader.expression: if index != stop": "the term in it must end with it, and is asked to",
    "biscuit.admission:_Reader.term: if self.budget <= 0": "asked again at the block's end; here it bounds the work",
    "biscuit.admission:_Reader._member: if isinstance(value, tuple)": "the tag of a set was refused before",
    "biscuit.container:outline: if root_key_id >= 1 << 32": "any root key id is refused, by `refuse_hint`",
    "biscuit.container:_enter: if index >= end": _ENDS,
    "biscuit.container:_parse_key: if end - index < 4": _ENDS,
    "biscuit.wire:read_length: if stop > end": _ENDS,
    "biscuit.wire:read_varint: if index > end": _ENDS,
    "encoding:base58_decode: if not isinstance(text, str)": _TEXTS,
    "encoding:base64url_decode: if not isinstance(text, str)": _TEXTS,
    "encoding:base58_decode: if len(text) > most": "a key of another length is refused",
    "keys.multikey:from_multibase: if len(text) > _LONGEST_TEXT": "a key of another length is refused",
    "keys.ecdsa:der_to_raw: if not len(der) <= _LONGEST_DER": "no two integers of their lengths make more",
    "keys.ecdsa:der_to_raw: if not *r*": _SIGNED,
    "keys.ecdsa:der_to_raw: if not *s*": _SIGNED,
    "keys.ecdsa:der_to_raw: if low_s and s > _HALF": _SIGNED,
    "keys.ecdsa:_split: *": _SIGNED,
    "keys.ecdsa:_read_integer: if not 1 <= length": "an integer of no bytes is 0, and that is refused",
    "keys.ecdsa:_read_integer: if not length <= 33": "a longer one is padded, or beyond the order",
    "keys.ecdsa:_read_integer: if end > len(der)": "the second integer must end with the signature",
    "keys.public:PublicKey.__post_init__: at the end: *": "attorn itself names one; tests/unit/test_keys.py",
    "keys.public:PublicKey.verify: if type(signature) is not bytes": "what is read as a signature is bytes",
    "keys.public:PublicKey.checked: if not p256.is_point(data)": "its coordinates cannot be worked out",
    "macaroon.container:Macaroon.__post_init__: if len(caveats) > MOST_CAVEATS": "counted where they are read",
    "macaroon.container:Macaroon.__post_init__: if not all(*": "made of caveats where they are read",
    "macaroon.container:_macaroon: if len(caveats) == MOST_CAVEATS": "counted again where the macaroon is made",
    "macaroon.notation:_macaroon: if len(listed) > MOST_CAVEATS": "counted again where the macaroon is made",
    "macaroon.notation:_macaroon: if not isinstance(listed, list)": "names of members are no caveats",
    "macaroon.container:parse_all: if len(found) == MOST_MACAROONS": "`mac.verify` counts discharges",
    "macaroon.mac:_given: if len(discharges) >= MOST_MACAROONS": "`parse_all` counts macaroons",
    "macaroon.container:_sized: if len(data) > MOST_BYTES": "the text is measured before it is decoded",
    "macaroon.notation:_read: if len(text) > MOST_BYTES": "the text is measured before it is read",
    "macaroon.container:_place: except UnicodeEncodeError: *": _UNICODE,
    "macaroon.discharge:_approval: if not caveat.conditions[0]*": "the text would be another than the caveat is for",
    "macaroon.notation:all_from_json: *": "no macaroon at all cannot be written again, and is refused there",
    "macaroon.notation:_octets: at the end: *": "without a value the member is missing",
    "macaroon.text:octets: except InputError: *": "as much as the text may hold can be written again",
    "caveat.argument:conjunctions: *": _WRITER,
    "caveat.argument:disjunction: *": _WRITER,
    "caveat.argument:_union: *": _WRITER,
    "caveat.formula:*": _WRITER,
    "caveat.argument:patterns: if remaining": _RENDERED,
    "caveat.agent:Agent.of: if strange": "the constructor takes no other name, which is a TypeError, and no caveat",
    "caveat.agent:_issuers: if not 0 < len(dids)": _SET,
    "caveat.agent:_values: if not several": "a name stands there with a value, or not at all",
    "caveat.approval:RequiresApproval.__init__: if len(self.render()) > MOST_ALTERNATIVES": _ALTERNATIVES,
    "caveat.approval:_approvers: if not 0 < len(dids)": _SET,
    "caveat.approval:_approvers: if len(set(dids)) != len(dids)": _SET,
    "caveat.approval:_conditions: if not 0 < len(conditions)": "no exception is read as None: every request",
    "caveat.approval:_conditions: if not len(conditions) <= MOST_ALTERNATIVES": _ALTERNATIVES,
    "caveat.approval:RequiresApproval.read_with: *": _RENDERED,
    "caveat.status:Status.__post_init__: if not 0 < len(uri)": "a URI without a colon is none",
    "caveat.text:_Listed.__init__: if not names": "on the wire stands one; `merged` and `singles` do not ask",
    "caveat.validity:_Instant.from_second: if not 0 <= second": "a date on the wire has no sign",
    "caveat.status:Status.read: *": _RENDERED,
    "caveat.validity:_Instant.read: *": _RENDERED,
    "caveat.value:members_of: *": _RENDERED,
    "caveat.value:set_values: *": _RENDERED,
    "caveat.agent:_values: if any(*": _UNICODE,
    "caveat.value:_check_text: except UnicodeEncodeError: *": _UNICODE,
    "caveat.status:Standing.prohibits: *": "step 7 answers it, and step 9 does not ask",
    "caveat.value:Range.__post_init__: if self.minimum is not None*": "a range that holds nothing permits nothing",
    "canonical:parse: if most < 0": "a bound that attorn states itself",
    "canonical:parse: if depth < 0": "a bound that attorn states itself",
    "canonical:parse: if source.startswith('\\ufeff')": "the decoder stops there, and the next line refuses it",
    "canonical:canonicalise: at the end: *": "`parse` refused what cannot be written; tests/unit/test_canonical.py",
    "canonical:_encoded: if octets is None": _UNICODE,
    "canonical:_encoded: at the end: *": "measured before: `credential.opening:_text`, `macaroon.notation:_read`",
    "canonical:_fraction: if text.startswith('-')": "the sign is left behind the zeros, and refused as too small",
    "clock:*": "the verifier's own clock",
    "did.did:parse_url: if match is None": "without a match there is no rest, and that is asked beside it",
    "did.jwk:_members: if not did.startswith(PREFIX)": "asked of a did:jwk alone, by the method's name",
    "did.jwk:_members: if len(did) > MOST": "`did.did:_bounded` refuses a longer DID, with the same code",
    "did.key:parse: if not did.startswith(PREFIX)": "asked of a did:key alone, by the method's name",
    "did.resolver:past_document: if not isinstance(*": "the setting `rotated_keys`; tests/unit/test_rotated_keys.py",
    "did.resolver:_live: if not isinstance(document, DidDocument)": _LIVE,
    "did.resolver:_live: if document.id != did": _LIVE,
    "did.resolver:_live: if document.deactivated": "no case has a did:webvh; tests/unit/test_principal.py",
    "did.resolver:LocalResolver.resolve: at the end: *": "`_live` refuses what is no document, with the same code",
    "did.resolver:LocalResolver.resolve: except MalformedError: *": "the end of the function has the same code",
    "handed:ask: except Exception: *": "foreign code that fails; tests/unit/test_verifier.py",
    "request.glob:matches: check_pattern(pattern)": "`caveat.text:Glob.__post_init__` has asked the very same",
    "revocation.entry:RevocationEntry.of: require_members(*": _NAMED,
    "revocation.lifecycle:LifecycleEntry.of: require_members(*": _NAMED,
    "revocation.roll:RevocationList.of: require_members(*": _NAMED,
    "revocation.text:require_members: if set(members) != names": _NAMED,
    "revocation.lifecycle:LifecycleEntry.__post_init__: if not self.sequence <= FINAL": _LARGE,
    "revocation.lifecycle:_require_principal: if not is_did(did)": "`subject` asks the very same, in the next line",
    "revocation.roll:RevocationList.__post_init__: if not self.sequence <= MOST_INTEGER": _LARGE,
    "revocation.roll:RevocationList.__post_init__: if not all((type(number) *": "`revocation.text:a_number` has asked",
    "revocation.roll:RevocationList.__post_init__: if not all((type(link) *": "`_apart` cuts ids of that length",
    "revocation.roll:RevocationList.follows: if self.sequence < known": "`MemoryStore.put` refuses an older number",
    "revocation.roll:_apart: if len(octets) % ID_BYTES": "the last id is too short then, and the list refuses it",
    "revocation.text:read_members: if not isinstance(text, str)": "what is applied is text",
    "revocation.text:a_number: if type(value) is not int": "what is made of it asks again; that is `malformed` too",
    "statement:*": _MADE,
    "status.bits:unpack: if most < 1": "a bound that attorn states itself; tests/unit/test_status_bits.py",
    "status.bitstring:_embedded: if not isinstance(document, dict)": "JSON that begins with a brace is an object",
    "status.bitstring:_named: if not isinstance(issuer, str)": "`is_did` asks it as well",
    "status.entry:BitstringEntry.__post_init__: if self.purpose is ListKind.TOKEN": _REFERENCE,
    "status.entry:BitstringEntry.__post_init__: if not 0 <= self.index": _REFERENCE,
    "status.entry:BitstringEntry.__post_init__: if not 1 <= self.size": _REFERENCE,
    "status.entry:BitstringEntry.__post_init__: if not self.size <= WIDEST": _REFERENCE,
    "status.entry:BitstringEntry.__post_init__: if not all(*": _REFERENCE,
    "status.entry:BitstringEntry.read: if not isinstance(entry, Mapping)": "every caller has an object",
    "status.entry:BitstringEntry.value: if status_list.kind is not self.purpose": _CHOSEN,
    "status.entry:BitstringEntry.value: if status_list.uri != self.uri": _CHOSEN,
    "status.entry:_messages: if not isinstance(message, str)": "the entry that is made of them asks it as well",
    "status.reading:_form: if typ not in (token_list.TYP, bitstring.TYP)": "`bitstring.read` expects its type as well",
    "status.status_list:StatusList.__post_init__: if not 1 <= self.bits": _LISTED,
    "status.status_list:StatusList.__post_init__: if not self.bits <= WIDEST": _LISTED,
    "status.status_list:StatusList.value: if type(index) is not int": _INDEX,
    "status.status_list:StatusList.value: if not 0 <= index": _INDEX,
    "status.status_list:StatusList.statement: if not self.text": "what was read has one",
    "status.status_list:checked_uri: if not isinstance(uri, str)": "`is_uri` asks it as well",
    "status.status_list:issuer_of: if not isinstance(iss, str)": "`is_did` asks it as well",
    "status.status_list:own_uri: except MalformedError: raise InputError(str(error))": _REFERENCE,
    "status.token_list:TokenReference.__post_init__: if not 0 <= self.index": _REFERENCE,
    "status.token_list:TokenReference.__post_init__: if not self.index <= MOST_INTEGER": _REFERENCE,
    "status.token_list:TokenReference.read: if not index <= MOST_INTEGER": "strict JSON holds no such number",
    "status.token_list:TokenReference.value: if status_list.kind is not ListKind.TOKEN": _CHOSEN,
    "status.token_list:TokenReference.value: if status_list.uri != self.uri": _CHOSEN,
    "status.token_list:_list: if not isinstance(content.get('lst'), str)": "no other value, as text, is packed data",
    "store.ports:*": _MADE,
    "store.memory:MemoryStore.charge: if charge.until is not None*": _FORGETS,
    "store.memory:MemoryStore.*: require_*": _MADE,
    "store.memory:MemoryStore.remember: if len(seen.names) >= self._capacity": "a store of the verifier's own size",
    "verify.clearing:_a*": _STORE,
    "verify.clearing:used: *": _STORE,
    "verify.standing:known: *": _STORE,
    "verify.standing:Lists.read: *": _STORE,
    "verify.standing:_list: *": _STORE,
    "verify.standing:check_life: if not events <= *": _STORE,
    "verify.clearing:charge_all: if use.chain.counted": _STORE,
    "verify.approving:Approvals.spend: if not isinstance(self.store, Ledger)": _STORE,
    "verify.policy:*": "a policy that is not attorn's; tests/unit/test_policy.py",
    "verify.rotation:*": "the setting `rotated_keys`, and a resolver with a history; tests/unit/test_rotated_keys.py",
    "verify.verifier:Verifier.verify: *": "steps 9 and 10 in a call of their own; tests/unit/test_verifier_again.py",
    "verify.verifier:Verifier._check_again: *": "for a second call; tests/unit/test_verifier_again.py",
    "verify.verifier:Verifier._recorded: *": "the setting `receipts`; tests/unit/test_receipted.py",
    "verify.verifier:Verifier._verify_presentation: if holder is None": "every link has a next key",
    "verify.verifier:Verifier._check_binding: if (challenge is None) *": "no answer is another text than any answer",
    "verify.chain:_Together.add: if second - skew >= self.stop": "such a link is expired now, or from the future",
    "token.link:read: if id_kind != BYTES": _BOTH,
    "token.link:read: if kind != STRING": _BOTH,
    "token.link:read: if not isinstance(*": _BOTH,
    "token.presentation:words: except UnicodeEncodeError: *": _UNICODE,
    "token.presentation:_read: if types != *": _RENDERED,
    "token.presentation:_read: if len(check) != 1": _RENDERED,
    "token.principal:Principal.did: *": "who is named by no method has a key",
    "token.principal:confirm: if principal.key is None": "who is named by no method has a key",
}  # fmt: skip
"""Names of checks, `*` standing for anything, with the reason: another check behind it, or nothing over the wire."""


def argued(check: Check) -> str | None:
    """Why no vector covers this check; None where nobody has said."""
    return next((reason for pattern, reason in ARGUED.items() if _fits(check, pattern)), None)


def unused(checks: list[Check]) -> list[str]:
    """The patterns that fit no check."""
    return [pattern for pattern in ARGUED if not any(_fits(check, pattern) for check in checks)]


def _fits(check: Check, pattern: str) -> bool:
    # Brackets are brackets here.
    return fnmatchcase(check.name, pattern.replace("[", "[[]").replace("?", "[?]"))
