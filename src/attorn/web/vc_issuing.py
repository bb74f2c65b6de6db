"""An issuer of the VC API: whatever it is asked to issue, it issues under its own DID."""

from __future__ import annotations

from collections.abc import Sequence

from attorn import credential
from attorn.agent.context import contexts
from attorn.canonical import JsonValue
from attorn.clock import Clock, read, system_clock
from attorn.credential import Securing
from attorn.errors import CredentialError, InputError, MalformedError
from attorn.keys.signer import Signatory, key_of
from attorn.status import BitstringEntry, ListKind
from attorn.status.entry import TYPE
from attorn.web.vc_body import Issue
from attorn.web.vc_form import Form, chosen
from attorn.web.vc_lists import Lists


class Issuing:
    """Issues as `by`. `form` is what it secures with unless a client asks for another that the key can sign.

    With `lists`, a credential that brings no status is given an entry for each of `purposes`, unless the client names
    others. `method` is the DID URL of the key, known by itself for did:key and did:jwk. Raises `InputError`.
    """

    def __init__(
        self,
        by: Signatory,
        *,
        form: Form | str | None = None,
        lists: Lists | None = None,
        purposes: Sequence[ListKind] = (),
        method: str | None = None,
        clock: Clock = system_clock,
    ) -> None:
        if purposes and lists is None:
            raise InputError("issuing: expected lists where every credential is to have a status")
        self.forms = chosen(key_of(by.signer).algorithm, form)
        self.did = by.did
        self.lists = lists
        self._by = by
        self._purposes = tuple(purposes)
        self._method = method
        self._clock = clock

    def issue(self, asked: Issue) -> dict[str, JsonValue]:
        """The credential, secured: with `proof`, or as an EnvelopedVerifiableCredential.

        Its issuer becomes this one, whichever URL the client wrote. Proofs that it has already stay, unchecked, beside
        the new one; it must name this issuer then, and is given no status, since neither could change under them.
        Raises `CredentialError` for a credential that breaks a rule of the data model, and `UnavailableError` if the
        signer fails.
        """
        form = self._form(asked.form)
        claimed = credential.read(asked.unverified_credential, contexts=contexts())
        document = {**asked.unverified_credential, "issuer": self._named(claimed.unverified_document["issuer"])}
        if "proof" in document and claimed.unverified_issuer != self.did:
            raise CredentialError(f"credential: expected issuer {self.did} where there is a proof already")
        purposes = self._wanted(asked, document)
        signed = self._signed(document, form)
        if not purposes:
            return signed
        # Only now: what cannot be issued is not given an entry.
        entries = self._entries(claimed.unverified_id, purposes)
        return self._signed({**document, "credentialStatus": entries[0] if len(entries) == 1 else entries}, form)

    def _form(self, asked: Form | None) -> Form:
        if asked is None:
            return self.forms[0]
        if asked not in self.forms:
            raise CredentialError(f"options.cryptosuite: expected one of {', '.join(self.forms)}, got {asked}")
        return asked

    def _named(self, issuer: JsonValue) -> JsonValue:
        return {**issuer, "id": self.did} if isinstance(issuer, dict) else self.did

    def _wanted(self, asked: Issue, document: dict[str, JsonValue]) -> tuple[ListKind, ...]:
        """The purposes for which the credential is to be given entries."""
        if "credentialStatus" in document:
            self._check_brought(document["credentialStatus"])
        elif "proof" not in document:
            return self._purposes if asked.purposes is None else asked.purposes
        if asked.purposes is not None:
            raise CredentialError("options.credentialStatus: the credential brings a status or a proof of its own")
        return ()

    def _entries(self, credential_id: str | None, purposes: tuple[ListKind, ...]) -> list[JsonValue]:
        if self.lists is None:
            raise CredentialError("options.credentialStatus: this issuer keeps no lists")
        try:
            entries = self.lists.register.assign(credential_id, purposes)
        except InputError as error:
            raise CredentialError(str(error)) from None
        return [entry.write() for entry in entries]

    def _check_brought(self, status: JsonValue) -> None:
        """Raises `CredentialError` for an entry that is malformed, or that would share one of this server's own."""
        for each in status if isinstance(status, list) else [status]:
            if not isinstance(each, dict) or each.get("type") not in (TYPE, [TYPE]):
                continue
            try:
                entry = BitstringEntry.read(each)
            except MalformedError as error:
                raise CredentialError(f"credentialStatus: {error}") from None
            if self.lists is not None and entry.uri.startswith(self.lists.base):
                raise CredentialError("credentialStatus: entries of this server's lists are given out, not chosen")

    def _signed(self, document: dict[str, JsonValue], form: Form) -> dict[str, JsonValue]:
        created = read(self._clock)
        if form.suite is None:
            return credential.issue(
                document,
                by=self._by,
                securing=Securing.ENVELOPED,
                created=created,
                method=self._method,
                contexts=contexts(),
            )
        return credential.issue(
            document, by=self._by, suite=form.suite, created=created, method=self._method, contexts=contexts()
        )
