"""Cedar policies, decided in this process: after a chain as a verifier's `policy`, or about what a PEP asserts.

Cedar skips a policy that fails, a `forbid` too, and may then allow: here every failure means that nothing was decided.
It reads some objects of the context as entities or functions (`__entity`, `__extn`): such names are refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from cedarpy import AuthzResult, Decision, Entities, PolicySet, Schema, is_authorized, validate_policies

from attorn.authzen.chain import who_acts
from attorn.authzen.evaluation import Evaluation
from attorn.canonical import JsonValue
from attorn.decision import Denial
from attorn.errors import InputError, UnavailableError
from attorn.request.resource import ancestors
from attorn.verify.access import Cleared

__all__ = ["CedarPolicy"]

AGENT: Final = "Agent"
"""The type of a holder whose chain was verified."""
RESOURCE: Final = "Resource"
ASSERTED: Final = "Asserted"
"""The namespace of the types of what a PEP says that nobody proved."""
_MOST: Final = 1 << 20
_LEAST_LONG, _MOST_LONG = -(1 << 63), (1 << 63) - 1
_TYPE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")


class CedarPolicy:
    """Decides by `policies`, Cedar text of whoever runs the verifier; `Verifier(policy=CedarPolicy(text))`.

    `entities` is Cedar's JSON of what else is known, of agents, resources and their groups. With `schema`, in Cedar or
    JSON text, policies and entities must fit it, and every request. Raises `InputError` for texts that Cedar refuses,
    for no policy at all, and for templates, which would have no effect.
    """

    def __init__(self, policies: str, *, entities: str = "[]", schema: str | None = None) -> None:
        for name, text in (("policies", policies), ("entities", entities), ("schema", schema or "")):
            if not isinstance(text, str) or len(text) > _MOST:
                raise InputError(f"Cedar {name}: expected text of at most {_MOST} characters")
        try:
            self._schema = None if schema is None else Schema.from_str(schema)
            self._entities = Entities.from_json_str(entities, self._schema)
            self._policies = PolicySet.from_str(policies)
            fits = schema is None or validate_policies(policies, schema).validation_passed
        except (ValueError, TypeError) as error:
            raise InputError(f"Cedar: {error}") from None
        if not len(self._policies) or self._policies.templates():
            raise InputError("Cedar policies: expected at least one policy, and no templates")
        if not fits:
            raise InputError("Cedar policies: they do not fit the schema")

    def permits(self, cleared: Cleared) -> bool | Denial:
        """Whether the policies permit what a chain permits. Raises `UnavailableError`.

        The principal is `Agent::"<DID of the holder>"`, the resource `Resource::"<normal form>"`.
        """
        request = cleared.request
        context: dict[str, object] = {
            "chain": who_acts(cleared),
            "args": request.args,
            "audience": cleared.audience,
            "time": int(cleared.at.timestamp()),
            "within": sorted(ancestors(request.resource)),
        }
        if request.cost is not None:
            context["cost"] = {"amount": request.cost.amount, "currency": request.cost.currency}
        return self._decide((AGENT, cleared.holder), request.action, (RESOURCE, request.resource), context)

    def permits_asserted(self, evaluation: Evaluation) -> bool | Denial:
        """Whether the policies permit what a PEP asks, whose word is all there is for it. Raises `UnavailableError`.

        Principal and resource are `Asserted::<type>::"<id>"`, so that nobody is an `Agent` by saying so.
        """
        subject, resource = evaluation.subject, evaluation.resource
        context: dict[str, object] = {
            "subject": subject.properties,
            "action": evaluation.properties,
            "resource": resource.properties,
            "request": evaluation.context,
        }
        principal, about = (subject.type, subject.id), (resource.type, resource.id)
        if not all(_TYPE.fullmatch(kind) for kind, _ in (principal, about)):
            raise UnavailableError("Cedar: a type that is no identifier")
        return self._decide(
            (f"{ASSERTED}::{principal[0]}", principal[1]),
            evaluation.action,
            (f"{ASSERTED}::{about[0]}", about[1]),
            context,
        )

    def _decide(
        self, principal: tuple[str, str], action: str, resource: tuple[str, str], context: Mapping[str, object]
    ) -> bool | Denial:
        names = {"principal": principal, "action": ("Action", action), "resource": resource}
        request: dict[str, object] = {part: {"type": kind, "id": name} for part, (kind, name) in names.items()}
        request["context"] = {name: _value(value) for name, value in context.items()}
        result = self._ask(request)
        decision, found = result.decision, result.diagnostics
        if decision is Decision.Deny and found.reasons:
            # A policy that forbids holds, whatever became of others.
            by = ", ".join(found.id_annotations_by_reason.get(each, each) for each in found.reasons)
            return Denial("Cedar", f"what {by} does not forbid", f"{action} on {resource[1]}")
        if found.errors or decision is Decision.NoDecision:
            raise UnavailableError("Cedar: a policy or the request could not be evaluated")
        return decision is Decision.Allow or Denial("Cedar", "what a policy permits", f"{action} on {resource[1]}")

    def _ask(self, request: dict[str, object]) -> AuthzResult:
        try:
            return is_authorized(request, self._policies, self._entities, self._schema)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # pyo3's PanicException is no Exception
            raise UnavailableError(f"Cedar failed with {type(error).__name__}") from error


def _value(value: object) -> JsonValue:
    """The value as Cedar takes it, or `UnavailableError`: nothing is rounded, wrapped, left out or given a meaning."""
    if isinstance(value, str | bool):
        return value
    if type(value) is int and _LEAST_LONG <= value <= _MOST_LONG:
        return value
    if isinstance(value, Mapping):
        if any(not isinstance(name, str) or name.startswith("__") for name in value):
            raise UnavailableError("Cedar: a name begins with two underscores, and would have a meaning of its own")
        return {name: _value(member) for name, member in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [_value(item) for item in value]
    raise UnavailableError(f"Cedar has no {'null' if value is None else type(value).__name__}, and not every integer")
