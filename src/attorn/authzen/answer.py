"""What a decision point answers, as a PEP reads it: a clean *true* permits, *false* prohibits, all else is nothing."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from attorn.canonical import JsonValue, parse
from attorn.decision import Denial
from attorn.errors import MalformedError, UnavailableError

_KIND: Final = "AuthZEN"
_NO: Final = Denial(_KIND, "what the decision point permits", "more")
_BOUND: Final = Denial(_KIND, "what the decision point permits without obligations", "what it permits only with some")


def read_answer(body: bytes, *, most: int) -> bool | Denial:
    """The answer to one question. Raises `UnavailableError`."""
    members = _members(body, most)
    if "evaluations" in members:
        raise UnavailableError("the decision point answers another question")
    return _decision(members)


def read_answers(body: bytes, count: int, *, most: int) -> tuple[bool | Denial, ...]:
    """The answers to `count` questions that were all to be answered. Raises `UnavailableError`."""
    listed = _members(body, most).get("evaluations")
    if not isinstance(listed, list) or len(listed) != count:
        raise UnavailableError("the decision point answers other questions, or not all of them")
    return tuple(_decision(each) for each in listed)


def _members(body: bytes, most: int) -> dict[str, JsonValue]:
    try:
        members = parse(body, most=most)
    except MalformedError:
        members = None
    if not isinstance(members, dict):
        raise UnavailableError("the decision point's answer is no JSON object that has one reading")
    return members


def _decision(members: JsonValue) -> bool | Denial:
    told = members if isinstance(members, dict) else {}
    decision, context = told.get("decision"), told.get("context", {})
    if type(decision) is not bool or not isinstance(context, dict):
        raise UnavailableError("the decision point's answer holds no decision")
    if decision is False:
        error = context.get("error")
        status = error.get("status") if isinstance(error, dict) else None
        if type(status) is int and status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise UnavailableError("the decision point could not decide")
        return _NO
    obligations = context.get("obligations", [])
    if "error" in told or "error" in context or "obligations" in told or not isinstance(obligations, list):
        raise UnavailableError("the decision point's answer is no clean yes")
    # None is understood here, and one that is not carried out takes the yes away.
    return _BOUND if "obligations" in context else True
