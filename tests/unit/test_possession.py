"""Proofs of possession are an adapter's code: where one fails, nothing is decided, and no foreign error leaves."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.scene import AUDIENCE, NOW, REQUEST, given, verifier

from attorn.errors import UnavailableError
from attorn.token.presentation import Presentation
from attorn.verify.possession import Possession


class Failing(Possession):
    """A proof whose adapter has forgotten something."""

    __slots__ = ("made", "token")

    def __init__(self, made: Any) -> None:
        self.token = given().encode()
        self.made = made

    def presentation(self) -> Any:
        return self.made()

    def verify(self, holder: object) -> None:
        raise AssertionError("there is nothing to verify")


@pytest.mark.parametrize("made", [lambda: {}["jti"], lambda: None, lambda: b"presentation", lambda: True])
def test_a_proof_that_fails_decides_nothing(made: Any) -> None:
    with pytest.raises(UnavailableError):
        verifier().authorize(Failing(made), REQUEST)


class Returning(Possession):
    """A proof whose adapter returns its verdict, where it is to be raised."""

    __slots__ = ("token", "verdict")

    def __init__(self, verdict: Any) -> None:
        self.token = given().encode()
        self.verdict = verdict

    def presentation(self) -> Presentation:
        return Presentation(AUDIENCE, REQUEST.digest(), b"i" * 16, NOW - 30, NOW + 60)

    def verify(self, holder: object) -> Any:
        return self.verdict


@pytest.mark.parametrize("verdict", [False, True, 0, "no"])
def test_a_proof_that_returns_its_verdict_decides_nothing(verdict: Any) -> None:
    assert verifier().authorize(Returning(None), REQUEST)
    with pytest.raises(UnavailableError):
        verifier().authorize(Returning(verdict), REQUEST)
