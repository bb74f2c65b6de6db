"""One tree of errors, each with a stable code: exceptions, vectors, logs and HTTP problem bodies share this vocabulary.

Three outcomes besides success: *invalid* (`VerificationError`), *prohibited* (`Denied`) and *undecidable*
(`UnavailableError`). A caller who catches those three has caught everything that an attacker can cause.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from attorn.decision import Decision


class AttornError(Exception):
    """Base of every error that leaves a public function of attorn.

    Where several presentations were judged at once, `presentation` is the one that was refused, from 1, and `root` the
    DID of the user whom it leads back to, once its links were verified; None where it was no single one.
    """

    code: ClassVar[str] = "error"
    presentation: int | None = None
    root: str | None = None


class InputError(AttornError, ValueError):
    """The caller's own argument is not usable: wrong type, range or spelling."""

    code = "invalid_input"


class DelegationError(AttornError):
    """The holder may not do this: token sealed, depth spent, not the holder, or an attempt to widen."""

    code = "cannot_delegate"


class KeyFileError(AttornError):
    """A key file is missing, open to others, damaged, or the passphrase is wrong."""

    code = "key_file"


class VerificationError(AttornError):
    """The presentation is not genuine or not valid now. `step` is the numbered step that refused it."""

    code = "invalid"
    default_step: ClassVar[int] = 1

    def __init__(self, message: str, *, step: int | None = None) -> None:
        super().__init__(message)
        self.step = self.default_step if step is None else step


class LimitError(VerificationError):
    """Larger, longer or deeper than the verifier's published limits (step 0 or 1)."""

    code = "limit_exceeded"
    default_step = 0


class MissingError(VerificationError):
    """A request or a message that carries no presentation at all (step 0)."""

    code = "no_presentation"
    default_step = 0


class MalformedError(VerificationError):
    """Not the one canonical encoding of anything attorn knows (step 1)."""

    code = "malformed"
    default_step = 1


class NotAdmittedError(VerificationError):
    """Well-formed, but outside the profile: Biscuit Datalog or a Macaroon's condition of another kind (step 1)."""

    code = "not_admitted"
    default_step = 1


class UntrustedRootError(VerificationError):
    """Genuine perhaps, but the user it leads back to is not trusted for this resource (step 2)."""

    code = "untrusted_root"
    default_step = 2


class ResolutionError(VerificationError):
    """A principal's DID does not resolve to the key that the token binds (step 3).

    `problem` is the URL of the standard's own name for what is wrong (DID Resolution 1.0, Controlled Identifiers 1.0).
    """

    code = "unresolved_principal"
    default_step = 3

    def __init__(
        self, message: str, *, problem: str = "https://www.w3.org/ns/did#NOT_FOUND", step: int | None = None
    ) -> None:
        super().__init__(message, step=step)
        self.problem = problem


class SignatureError(VerificationError):
    """A signature does not verify (step 4)."""

    code = "bad_signature"
    default_step = 4


class ChainError(VerificationError):
    """The links do not form one chain, or it is deeper than a link allows (step 5)."""

    code = "broken_chain"
    default_step = 5


class ExpiredError(VerificationError):
    """Now is outside the validity window of the presentation or of a link (step 6)."""

    code = "outside_validity"
    default_step = 6


class CredentialError(VerificationError):
    """A credential or a presentation of credentials is not what its data model requires (W3C VCDM 2.0).

    `problem` is the URL of the standard's own name for what is wrong.
    """

    code = "bad_credential"
    default_step = 1

    def __init__(
        self,
        message: str,
        *,
        problem: str = "https://www.w3.org/TR/vc-data-model#MALFORMED_VALUE_ERROR",
        step: int | None = None,
    ) -> None:
        super().__init__(message, step=step)
        self.problem = problem


class ProofError(VerificationError):
    """A Data Integrity proof does not hold for its document, purpose, domain or challenge (step 4).

    `problem` is the URL of the standard's own name for what is wrong.
    """

    code = "bad_proof"
    default_step = 4

    def __init__(
        self,
        message: str,
        *,
        problem: str = "https://w3id.org/security#PROOF_VERIFICATION_ERROR",
        step: int | None = None,
    ) -> None:
        super().__init__(message, step=step)
        self.problem = problem


class MandateError(VerificationError):
    """A mandate, or a chain of them, is not what AP2 or attorn's stricter profile of it requires (step 1)."""

    code = "bad_mandate"
    default_step = 1


class RevokedError(VerificationError):
    """A link of the chain has been revoked by someone entitled to (step 7)."""

    code = "revoked"
    default_step = 7


class SuspendedError(VerificationError):
    """A link or a principal of the chain is suspended, and may be resumed (step 7)."""

    code = "suspended"
    default_step = 7


class DeprovisionedError(VerificationError):
    """A principal of the chain was deprovisioned, for good (step 7)."""

    code = "deprovisioned"
    default_step = 7


class StatusError(VerificationError):
    """A status list does not say what a link needs of it: wrong issuer, purpose, index or an unknown value (step 7)."""

    code = "bad_status"
    default_step = 7


class RollbackError(VerificationError):
    """A list or a statement is older than one that was applied before (step 7)."""

    code = "rolled_back"
    default_step = 7


class GapError(VerificationError):
    """A delta of a revocation list does not follow what is known: one in between is missing (step 7)."""

    code = "missing_delta"
    default_step = 7


class AudienceError(VerificationError):
    """The presentation was made for another audience (step 8)."""

    code = "wrong_audience"
    default_step = 8


class WrongRequestError(VerificationError):
    """The presentation was made for another request, or answers another challenge (step 8)."""

    code = "wrong_request"
    default_step = 8


class PossessionError(VerificationError):
    """The holder's key was not proven: in transit, unsealed, or bound by somebody else (step 8)."""

    code = "not_holder"
    default_step = 8


class ReplayError(VerificationError):
    """This presentation was used before (step 8)."""

    code = "replayed"
    default_step = 8


class Denied(AttornError):
    """Genuine, but a caveat prohibits this request. `decision` names the link, the caveat, the limit and the ask."""

    code = "denied"

    def __init__(self, decision: Decision) -> None:
        super().__init__(decision.explain())
        self.decision = decision

    def __reduce__(self) -> tuple[type[Denied], tuple[object, ...], dict[str, object]]:
        # By default an exception is copied and pickled by its message, which is no decision.
        return type(self), (self.decision,), self.__dict__


class UnavailableError(AttornError):
    """It could not be decided: a store, resolver or engine failed. Still closed; the caller may retry."""

    code = "unavailable"


class AuditError(AttornError):
    """An audit log is not what was written. `sequence` is the number of the first receipt that shows it, or None."""

    code = "audit_broken"

    def __init__(self, message: str, *, sequence: int | None = None) -> None:
        super().__init__(message)
        self.sequence = sequence


class StaleError(UnavailableError):
    """What is known about a link's status is older than this verifier accepts, or nothing is known."""

    code = "stale_status"


class EngineError(UnavailableError):
    """The stock engine failed, panicked, or disagreed with attorn's own evaluation."""

    code = "engine_failed"
