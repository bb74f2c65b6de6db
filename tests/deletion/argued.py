"""The checks that no vector covers, one by one, each with the reason.

A row names its check by the beginning of the check's name, as far as only that one has it.
"""

from __future__ import annotations

from typing import Final

from tests.deletion.checks import Check

_LEFT_OPEN: Final = "refused behind it as well: `malformed` or `not_admitted`, which caveats.md section 1 leaves open"
_LENGTH: Final = "`biscuit.wire:read_length` refuses to read where the message has ended, with the same code"
_DECIDED: Final = "`keys.ecdsa:is_low_s` has asked the very same; `PublicKey.verify` asks it first"
_AGAIN: Final = "`PublicKey.verify` asks it of the same number by `is_low_s`, and both are a signature that is none"
_WRITER: Final = "on the wire stand alternatives, which are bounded where they are read; this is asked of who writes"
_BOUND: Final = "the bound is attorn's own, a constant at each place that asks"
_JSON_TEXT: Final = "its text was in strict JSON, which holds no lone surrogate"
_UTF8: Final = "its text was a symbol, which is read as UTF-8"
_SET: Final = "a set on the wire has a member"
_PROGRAM: Final = "asked of a program that makes one itself; what is read was asked before, where it is read: "
_REFERENCES: Final = _PROGRAM + "tests/unit/test_status_references.py"
_LISTS: Final = _PROGRAM + "tests/unit/test_status_lists.py"
_WORKLOADS: Final = "tests/adapters/workload/test_workload_svid.py"
_EVIDENCE: Final = "`evidence_in` hands over none but these; tests/adapters/workload/test_workload_endorsing.py"
_CHOSEN: Final = (
    "`status.checking` looks a list up by the kind and URI of the entry; tests/unit/test_status_references.py"
)
_TYPED: Final = "mypy asks for it; without, the next function raises the same code for such a value: "
_CALLER: Final = "each caller has asked for text, or was handed it by a reader of texts"
_STORE: Final = "asked of a store that is not attorn's; tests/attacks/test_section_f_ports.py"
_POLICY: Final = "a program hands the policy in, and no vector can; tests/unit/test_policy.py"
_KEPT: Final = "attorn itself makes what it hands to a store; tests/stores/test_values.py"
_CLOCK: Final = "asked of the verifier's own clock; no question hands one in but as a second"
_TIME: Final = "asked of the times that a program hands in; on the wire stand seconds"
_RESOLVER: Final = "asked of a resolver that is not attorn's; tests/unit/test_principal.py"
_KEYED: Final = "without a DID URL a principal is read from a key, which it has"

ARGUED: Final[dict[str, str]] = {
    "agent.identity:verify: if not all":
        "the issuers are those of the caveat Agent, which is read only if they are DIDs",
    "agent.identity:verify: if len(found.subjects)":
        "`agent.identity.read` was asked before, and counts the same subjects",
    "agent.identity:_references: if not isinstance": "`credential.jose` takes no other `status` beside a credential",
    "agent.identity:_text: if not isinstance": "`token.presentation` hands over the texts of facts, and no others",
    "agent.profile:AgentProfile.read: if not isinstance": "`agent.identity.verify` hands it a dict that it makes",
    "agent.profile:AgentProfile.read: if any": "`credential.model.check_everywhere` refuses every null in a credential",
    "agent.profile:_require_text: if any": _JSON_TEXT,
    "agent.workload:SpiffeId.__post_init__: if len(str":
        "`SpiffeId.read` has asked it of the same text; of what a program makes: " + _WORKLOADS,
    "agent.workload:SpiffeId.read: if len(text)":
        "asked again by the constructor, of the same text; here it bounds the work",
    "agent.workload:SpiffeId.read: except":
        "None in its place is refused by the constructor of `WorkloadEvidence`, with the same code",
    "agent.workload:WorkloadEvidence.read: if not isinstance": _EVIDENCE,
    "agent.workload:WorkloadEvidence.read: if not is_workload_evidence": _EVIDENCE,
    "approval.approval:Approval.decode: if not isinstance(issued":
        "`approval.text.read` has asked its type by `_KINDS`",
    "approval.approval:Approval.decode: if not isinstance(expires":
        "`approval.text.read` has asked its type by `_KINDS`",
    "approval.text:read: if not isinstance(text": "a text comes from a fact's term or from bytes that were decoded",
    "approval.text:read: if len(text) > most": "each member is bounded, and what is longer is not their one spelling",
    "approval.text:read: if type(":
        "two are asked again in `decode`; the others are taken as text, which is written in quotes",
    "biscuit.admission:_Reader.expression: if index != end": _LEFT_OPEN,
    "biscuit.admission:_Reader.term: if self.budget":
        "asked again at the end of the block; here it bounds the work before",
    "biscuit.admission:_Reader._member: if isinstance": "a set begins with 0x3A, which is refused two lines above",
    "biscuit.container:outline: if root_key_id":
        "`token.token:refuse_hint` refuses any root key id, with the same code",
    "biscuit.container:_enter: if index": _LENGTH,
    "biscuit.container:_parse_key: if end - index": _LENGTH,
    "biscuit.wire:read_length: if stop > end": _LEFT_OPEN + "; in a container `malformed`, where the message must end",
    "biscuit.wire:read_varint: if index > end": "whoever reads one asks behind it where its message ends: `malformed`",
    "canonical:parse: if most < 0": _BOUND,
    "canonical:parse: if depth < 0": _BOUND,
    "canonical:canonicalise: at the end": "what was parsed strictly can be written; tests/unit/test_canonical.py",
    "canonical:_integer: if len": "any number so long is beyond the bound as well; this bounds what reading it takes",
    "canonical:_encoded: if len": "`canonical:parse` asks it of the bytes; here before there are any",
    "canonical:_encoded: if octets is None": _JSON_TEXT,
    "caveat.agent:Agent.of: if strange": "the constructor takes no other keyword: a TypeError, and so no caveat",
    "caveat.agent:_issuers: if not 0": _SET,
    "caveat.agent:_values: if not several": "read from a set of `name=value`, a name has one value at least",
    "caveat.agent:_values: if any": _UTF8,
    "caveat.approval:RequiresApproval.__init__: if len":
        "`biscuit.admission` has counted the alternatives of the check",
    "caveat.approval:_approvers: if not 0": _SET,
    "caveat.approval:_approvers: if len(set(": "a set on the wire holds each member once",
    "caveat.approval:_conditions: if not 0": "without exceptions `read_with` hands over None, which is asked before",
    "caveat.approval:_conditions: if not len":
        "`biscuit.admission` has counted the alternatives, one for each condition",
    "caveat.argument:conjunctions: if": _WRITER,
    "caveat.argument:disjunction: if": _WRITER,
    "caveat.argument:_union: if": _WRITER,
    "caveat.formula:_Group.__init__: if not 0": _WRITER,
    "caveat.formula:_Group.__init__: if not len": _WRITER,
    "caveat.formula:_Group.__init__: if _depth": _WRITER,
    "caveat.formula:Not.__post_init__: if": _WRITER,
    "caveat.formula:Alternatives.alternatives: if": "read and never written, it stands within no other formula",
    "caveat.text:_Listed.__init__: if not names": "`from_pattern` hands over one name, and `_of` does not ask",
    "caveat.validity:_Instant.from_second: if not 0": "a date on the wire is a varint, which has no sign",
    "caveat.value:_check_text: except": _UTF8,
    "caveat.value:members_of: if not members": "`from_pattern` hands over one value, or those of a set, which has one",
    "caveat.value:members_of: if len": "`biscuit.admission` refuses a set of several types",
    "clock:read: except": _CLOCK,
    "clock:instant: if utc.year": _TIME,
    "clock:instant: except": _TIME,
    "clock:seconds_in: if not timedelta": _TIME,
    "clock:seconds_in: if not span": _TIME,
    "clock:_utc: if utc is None": _CLOCK + ", and of times that a program hands in",
    "clock:_utc: except": _CLOCK + ", and of times that a program hands in",
    "did.jwk:_members: if not did.startswith": "asked where `did.parse` has found the method jwk",
    "did.jwk:_members: if len(did)": "asked behind `did.parse`, which refuses a longer DID with the same code",
    "did.key:parse: if not did.startswith": "asked where `did.parse` has found the method key",
    "did.resolver:_live: if not isinstance": _RESOLVER,
    "did.resolver:_live: if document.id": _RESOLVER,
    "did.resolver:_live: if document.deactivated": _RESOLVER + "; attorn's refuse such a DID themselves",
    "did.resolver:LocalResolver.resolve: at the end":
        "without, it returns None, and `_live` refuses that with the code",
    "did.resolver:LocalResolver.resolve: except": "without, the end of the function refuses it, with the same code",
    "encoding:base64url_decode: if not isinstance": _CALLER,
    "encoding:base58_decode: if not isinstance": _CALLER,
    "encoding:base58_decode: if len":
        "a key or hash of another length is refused with the same code; here it bounds the work",
    "handed:ask: except Exception": "asked of code that is not attorn's; tests/unit/test_verifier.py",
    "handed:check_by: if verdict": "asked of code that is not attorn's; tests/unit/test_mandate_ledgers.py",
    "keys.ecdsa:der_to_raw: if not len(der) <=": "two integers of at most 33 bytes take no more, and nothing is behind",
    "keys.ecdsa:der_to_raw: if not 0 < r": _AGAIN,
    "keys.ecdsa:der_to_raw: if not 0 < s": _AGAIN,
    "keys.ecdsa:der_to_raw: if not s < ORDER": _AGAIN,
    "keys.ecdsa:der_to_raw: if low_s": _AGAIN,
    "keys.ecdsa:_split: if len(raw)": _DECIDED,
    "keys.ecdsa:_split: if not 0 < r": _DECIDED,
    "keys.ecdsa:_split: if not r < ORDER": _DECIDED,
    "keys.ecdsa:_split: if not 0 < s": _DECIDED,
    "keys.ecdsa:_split: if not s < ORDER": _DECIDED,
    "keys.ecdsa:_read_integer: if not length <= 33": "34 bytes are padded, negative or beyond the order: refused too",
    "keys.multikey:from_multibase: if len":
        "65 characters are more bytes than a key has, which is refused with the code",
    "keys.public:PublicKey.__post_init__: at the end": "attorn names the algorithm; tests/unit/test_keys.py",
    "keys.public:PublicKey.verify: if type": "each reader of a signature returns bytes; tests/unit/test_keys.py",
    "macaroon.container:Macaroon.__post_init__: if not all": "both readers make `UnverifiedCaveat` of each",
    "macaroon.container:Macaroon.__post_init__: if len(caveats)":
        "`_macaroon` of both forms has counted them, with the same code",
    "macaroon.container:parse_all: if len": "`macaroon.mac:_given` counts the discharges, with the same code and step",
    "macaroon.container:_sized: if len": "`token.token:read_text` has measured the text, which is longer",
    "macaroon.container:_place: except": _JSON_TEXT + ", or in UTF-8",
    "macaroon.container:_macaroon: if len": "`Macaroon` counts them again, with the same code; here it bounds the work",
    "macaroon.mac:_given: if len(discharges)":
        "`container.parse_all` and `notation.all_from_json` have counted them, with the same code",
    "macaroon.notation:all_from_json: if not isinstance": "JSON that begins with a bracket is an array",
    "macaroon.notation:all_from_json: if not value": "`macaroon.text:octets` refuses to write none, with the same code",
    "macaroon.notation:_read: if len": "`token.token:read_text` has measured it, with the same code and step",
    "macaroon.notation:_macaroon: if len": "`Macaroon` counts them again, with the same code",
    "macaroon.text:octets: except":
        "the binary form is shorter than the JSON, which was measured, and so is their number",
    "request.glob:matches: check_pattern": "`caveat.text:Glob.__post_init__` has asked the very same",
    "revocation.lifecycle:LifecycleEntry.__post_init__: if not self.sequence":
        "`canonical:_integer` refuses a larger one",
    "revocation.roll:RevocationList.__post_init__: if not all((type(number)": "`revocation.text:a_number` has asked",
    "revocation.roll:RevocationList.__post_init__: if not self.sequence": "`canonical:_integer` refuses a larger one",
    "revocation.roll:RevocationList.__post_init__: if not all((type(link)":
        "`_apart` cuts bytes into ids of that length",
    "revocation.roll:RevocationList.follows: if self.sequence":
        "`store.put` finds the newer one, and `apply` says the same",
    "revocation.roll:_apart: if len":
        "the last id would be too short, and `RevocationList` refuses that with the same code",
    "revocation.text:read_members: if not isinstance(text": "`store.applying` hands over text alone",
    "revocation.text:require_members: if":
        "asked by `decode` and `Roll`, for programs; `signed.read` compares them itself",
    "revocation.text:a_number: if type":
        "the entry or list that is made of it asks again, and that is `malformed` as well",
    "statement:Statement.__post_init__: if not all": _KEPT,
    "statement:Statement.__post_init__: require_text": _KEPT,
    "statement:require_text: if '": _KEPT,
    "statement:require_text: except": _KEPT,
    "status.bits:unpack: if most < 1": _BOUND + "; tests/unit/test_status_bits.py",
    "status.bitstring:_embedded: if not isinstance": "JSON that begins with a brace is an object",
    "status.bitstring:_named: if not isinstance": _TYPED + "`is_did`",
    "status.entry:BitstringEntry.__post_init__: if self.purpose": _REFERENCES,
    "status.entry:BitstringEntry.__post_init__: if not 0 <= self.index": _REFERENCES,
    "status.entry:BitstringEntry.__post_init__: if not 1 <= self.size": _REFERENCES,
    "status.entry:BitstringEntry.__post_init__: if not self.size <=": _REFERENCES,
    "status.entry:BitstringEntry.__post_init__: if not all": _REFERENCES,
    "status.entry:BitstringEntry.read: if not isinstance(entry":
        "`credential.part` and `conformance` hand over objects alone",
    "status.entry:BitstringEntry.value: if status_list.kind": _CHOSEN,
    "status.entry:BitstringEntry.value: if status_list.uri": _CHOSEN,
    "status.entry:_messages: if not isinstance(message": _TYPED + "`BitstringEntry`",
    "status.status_list:StatusList.__post_init__: if not 1 <=": _LISTS,
    "status.status_list:StatusList.__post_init__: if not self.bits": _LISTS,
    "status.status_list:StatusList.value: if type(index)": _LISTS,
    "status.status_list:StatusList.value: if not 0 <=": _LISTS,
    "status.status_list:StatusList.statement: if not":
        "a list that was read has its text; tests/unit/test_status_lists.py",
    "status.status_list:checked_uri: if not isinstance": _TYPED + "`is_uri`",
    "status.status_list:issuer_of: if not isinstance": _TYPED + "`is_did`",
    "status.status_list:own_uri: except": _REFERENCES,
    "status.token_list:TokenReference.__post_init__: if not 0": _REFERENCES,
    "status.token_list:TokenReference.__post_init__: if not self.index <=": _REFERENCES,
    "status.token_list:TokenReference.read: if not index <=": "`canonical:_integer` refuses a larger one",
    "status.token_list:TokenReference.value: if status_list.kind": _CHOSEN,
    "status.token_list:TokenReference.value: if status_list.uri": _CHOSEN,
    "status.token_list:_list: if not isinstance(content.get":
        "no other value, written as text, begins as zlib data does",
    "store.counting:charged_by: if not isinstance": _STORE,
    "store.counting:charged_by: if answer.repeated": _STORE,
    "store.counting:charged_by: if answer.refused is None": _STORE,
    "store.counting:charged_by: if answer.refused is not None": _STORE,
    "store.counting:holdings: if held is None": _STORE,
    "store.counting:holdings: if not all": _STORE,
    "store.memory:MemoryStore.remember: require_presentation": _KEPT,
    "store.memory:MemoryStore.remember: if len":
        "a store of the verifier's own size; tests/stores/test_contract_memory.py",
    "store.memory:MemoryStore.statements: require_wanted": _KEPT,
    "store.memory:MemoryStore.put: require_statements": _KEPT,
    "store.memory:MemoryStore.charge: require_charges": _KEPT,
    "store.memory:MemoryStore.charge: if charge.until":
        "PROTOCOL.md lets no case depend on what a ledger has forgotten",
    "store.memory:MemoryStore.used: require_accounts": _KEPT,
    "store.ports:Charge.__post_init__: require_text": _KEPT,
    "store.ports:Charge.__post_init__: if not all": _KEPT,
    "store.ports:Retry.__post_init__: if not _is_number": _KEPT,
    "store.ports:require_presentation: if not _is_number(expires": _KEPT,
    "store.ports:require_presentation: if not _is_number(now": _KEPT,
    "store.ports:require_wanted: if by is not None": _KEPT,
    "store.ports:require_wanted: if len(each)": _KEPT,
    "store.ports:require_wanted: require_text": _KEPT,
    "store.ports:require_statements: if not all": _KEPT,
    "store.ports:require_charges: if not all": _KEPT,
    "store.ports:require_charges: if not _is_number": _KEPT,
    "store.ports:require_charges: if retry": _KEPT,
    "store.ports:require_accounts: require_text": _KEPT,
    "token.link:read: if id_kind": "only a term of that kind has bytes for its value, and that is asked beside it",
    "token.link:read: if not isinstance(link_id":
        "a term of that kind has bytes for its value, and the kind is asked beside it",
    "token.link:read: if not isinstance(second": "a term of that kind has an integer, and the kind is asked beside it",
    "token.link:read: if kind": "a fact holds no variable, and no other term has a text for its value",
    "token.link:read: if not isinstance(value":
        "a term of that kind has a text for its value, and the kind is asked beside it",
    "token.presentation:words: except": _UTF8 + ", or in strict JSON",
    "token.principal:Principal.did: if": _KEYED,
    "token.principal:confirm: if": _KEYED,
    "verify.access:Verified.require: self._require": "asked by adapters alone; tests/adapters/otel/test_spans.py",
    "verify.chain:_Together.add: if second - skew >= self.stop":
        "now is before that end, so the link is from the future: step 6",
    "verify.clearing:_asked: at the end": _STORE,
    "verify.joint:_texts: if any": "a program hands another proof in, and no vector can; tests/unit/test_joint.py",
    "verify.joint:_reader: at the end": "None in its place is refused by `did.subject`, with the same code",
    "verify.joint:_about_charge: at the end: raise (2)": _STORE,
    "verify.policy:consult: require": _POLICY,
    "verify.policy:require: at the end": _POLICY,
    "verify.policy:require: if not isinstance": _POLICY,
    "verify.policy:require: except (Denied": _POLICY,
    "verify.policy:require: except AttornError": _POLICY,
    "verify.standing:Lists.read: except": _STORE,
    "verify.standing:known: if isinstance": _STORE,
    "verify.standing:known: if not isinstance": _STORE,
    "verify.standing:known: if not all": _STORE,
    "verify.standing:check_life: if not events": _STORE,
    "verify.standing:_list: at the end": _STORE,
    "verify.verifier:Verifier.verify_token: arguments.require_token":
        "asked of a program: every question hands in a Token that was decoded; tests/unit/test_verify_token.py",
    "verify.verifier:Verifier.verify_token: if self._trusts":
        "the setting `roots`, if it is a callable; tests/unit/test_verify_token.py",
    "verify.verifier:Verifier._verify_presentation: if holder":
        "a link's next key is read from its block, which has one",
    "verify.verifier:Verifier._recorded: except": "the setting `receipts`; tests/unit/test_receipted.py",
}  # fmt: skip
"""The reason by the check: another check behind it, or before it, or nothing that comes over the wire."""


def argued(check: Check) -> str | None:
    """Why no vector covers this check; None where nobody has said."""
    return next((reason for row, reason in ARGUED.items() if check.name.startswith(row)), None)


def unfit(checks: list[Check]) -> list[str]:
    """The rows that are not of exactly one check."""
    return [row for row in ARGUED if sum(check.name.startswith(row) for check in checks) != 1]
