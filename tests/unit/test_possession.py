"""Proofs of possession are an adapter's code: where one fails, nothing is decided, and no foreign error leaves."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.scene import REQUEST, given, verifier

from attorn.errors import UnavailableError
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
