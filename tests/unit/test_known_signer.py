"""Who signs checkouts and receipts, as whoever reads them knows it."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.checkout_scene import KID, KNOWN, MALLORY, SHOP

from attorn.checkout import KnownSigner
from attorn.checkout.known_signer import require_known
from attorn.errors import InputError
from attorn.keys.jwk import to_jwk

JWK: dict[str, Any] = to_jwk(SHOP.public_key)


def test_by_how_many_keys() -> None:
    assert len(KnownSigner.of("m", *[JWK] * 16).keys) == 16
    for keys in ([], [JWK] * 17):
        with pytest.raises(InputError, match="1 to 16 keys"):
            KnownSigner.of("m", *keys)


@pytest.mark.parametrize("name", ["", None, 1, b"m", ["m"]])
def test_under_what_name(name: Any) -> None:
    with pytest.raises(InputError, match="expected its name as text"):
        KnownSigner.of(name, JWK)


@pytest.mark.parametrize("kid", [1, True, ["a"], {}])
def test_what_a_key_is_called(kid: Any) -> None:
    with pytest.raises(InputError, match="kid"):
        KnownSigner.of("m", {**JWK, "kid": kid})
    found = KnownSigner.of("m", JWK, {**to_jwk(MALLORY.public_key), "kid": KID})
    assert [name for name, _ in found.keys] == [None, KID]


@pytest.mark.parametrize("known", ["", "m", b"", {}, {"m": JWK}, None, 5, [JWK], [None], KNOWN])
def test_a_list_of_them(known: Any) -> None:
    with pytest.raises(InputError, match=r"^merchants: expected a list of KnownSigner"):
        require_known(known, "merchants")
    assert require_known([KNOWN], "merchants") == (KNOWN,)
    assert require_known([], "merchants") == ()
