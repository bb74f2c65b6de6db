"""Harnesses of AuthZEN: what a decision point is asked, and what one answers."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from tests.adapters.authzen import scene
from tests.fuzz import mutators
from tests.fuzz.harness import Harness, accepted, require, tried
from tests.unit.scene import REQUEST, verifier

from attorn.authzen.answer import read_answer, read_answers
from attorn.authzen.carried import read_carried, request_of
from attorn.authzen.deciding import DecisionPoint
from attorn.authzen.evaluation import Batch, Evaluation, read_evaluation, read_evaluations, read_members
from attorn.errors import MalformedError, UnavailableError

_MOST = 1 << 16
_COUNT = 2


def _question(data: bytes) -> bool:
    """A body, asked of a decision point that nobody has asked before: alone, and as several."""
    members = accepted(lambda: read_members(data, most=_MOST), MalformedError)
    asked = tried(lambda: read_evaluations(members), MalformedError)
    alone = tried(lambda: read_evaluation(members), MalformedError)
    found = False
    for each in (asked, alone):
        if each is not None:
            answer = tried(lambda each=each: DecisionPoint(verifier()).decide(each), MalformedError)  # type: ignore[misc]
            found |= answer is not None and _kept(each, answer)
    return found


def _kept(asked: Evaluation | Batch, answer: dict[str, Any]) -> bool:
    """Whether anything was permitted, and then it was what was presented."""
    json.dumps(answer)
    answers = answer["evaluations"] if isinstance(asked, Batch) else [answer]
    items = asked.items if isinstance(asked, Batch) else (asked,)
    require(len(answers) == len(items) or isinstance(asked, Batch), "another number of answers")
    permitted = [item for item, each in zip(items, answers, strict=False) if each["decision"] is True]
    for item in permitted:
        require(isinstance(item, Evaluation), "a yes to what is no question")
        assert isinstance(item, Evaluation)
        carried = read_carried(item)
        require(carried is not None and request_of(item, carried) == REQUEST, "a yes to another request")
        require(item.subject.id in (scene.ALICE.did, scene.SCOUT.did), "a yes to somebody else")
    return bool(permitted)


def _questions() -> Iterable[bytes]:
    yield json.dumps(scene.asked()).encode()
    yield json.dumps(scene.asked(subject={"type": "user", "id": scene.ALICE.did})).encode()
    first, second = scene.asked(), scene.asked()
    shared = {name: first.pop(name) for name in ("subject", "resource")}
    yield json.dumps(
        {"evaluations": [first, second, {}], "options": {"evaluations_semantic": "execute_all"}, **shared}
    ).encode()
    carried = {"presentation": scene.wire(), "challenge": "x", "cost": {"amount": 1, "currency": "EUR"}}
    yield json.dumps(scene.asked(context={"attorn": carried})).encode()


def _answer(data: bytes) -> bool:
    """An answer to one question, or to two: a yes is one for the standard library as well, without obligations."""
    one = tried(lambda: read_answer(data, most=_MOST), UnavailableError)
    several = tried(lambda: read_answers(data, _COUNT, most=_MOST), UnavailableError)
    require(one is None or several is None, "one answer for both")
    if one is not None:
        require(one is not True or _clean(json.loads(data)), "an unclean yes")
    if several is not None:
        told = json.loads(data)["evaluations"]
        require(len(told) == len(several) == _COUNT, "another number")
        require(all(each is not True or _clean(own) for each, own in zip(several, told, strict=True)), "an unclean yes")
    return one is not None or several is not None


def _clean(told: dict[str, Any]) -> bool:
    return told["decision"] is True and not told.get("context", {}).get("obligations")


def _answers() -> Iterable[bytes]:
    yes, no = {"decision": True}, {"decision": False, "context": {"reason": "denied", "error": {"status": 404}}}
    for each in (yes, no, {"evaluations": [yes, no]}):
        yield json.dumps(each).encode()
    yield json.dumps({"decision": True, "context": {"obligations": [{"type": "step-up", "id": "1"}]}}).encode()
    yield json.dumps({"decision": False, "context": {"error": {"status": 503}}}).encode()


HARNESSES = (
    Harness("authzen-question", "nothing is permitted but what was presented", _question, _questions,
            "attorn.authzen.evaluation:parse", None, mutators.json_text, size=8192),
    Harness("authzen-answer", "a yes is a clean true, and to every question", _answer, _answers,
            "attorn.authzen.answer:parse", None, mutators.json_text),
)  # fmt: skip
