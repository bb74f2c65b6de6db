"""Public keys and signers: what a key accepts, what a signer may do wrong, and that no secret is ever shown."""

from __future__ import annotations

import copy
import pickle
import traceback
from collections.abc import Callable
from dataclasses import FrozenInstanceError

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given, settings
from hypothesis import strategies as st

from attorn.errors import AttornError, InputError, MalformedError, UnavailableError
from attorn.keys import ecdsa
from attorn.keys.public import Algorithm, PublicKey
from attorn.keys.signer import Ed25519Signer, P256Signer, Signer, signed

SEED = bytes(range(32))
FIELD = 2**255 - 19
GROUP = 2**252 + 27742317777372353535851937790883648493
MESSAGE = b"the bytes that were signed"


def both() -> list[Ed25519Signer | P256Signer]:
    return [Ed25519Signer.from_seed(SEED), P256Signer.from_scalar(SEED)]


def point(y: int, sign: int = 0) -> bytes:
    return (y | sign << 255).to_bytes(32, "little")


class Hardware:
    """A signer whose key stays inside a closure, as in a hardware module; `spoil` makes it faulty."""

    def __init__(self, inner: Signer, spoil: Callable[[bytes], object] = bytes) -> None:
        self._sign = lambda message: spoil(inner.sign(message))
        self._public_key = inner.public_key

    @property
    def public_key(self) -> PublicKey:
        return self._public_key

    def sign(self, message: bytes) -> bytes:
        return self._sign(message)  # type: ignore[return-value]


def test_ed25519_gives_the_signature_of_rfc_8032() -> None:
    # RFC 8032 section 7.1, test 2.
    signer = Ed25519Signer.from_seed(bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"))
    assert signer.public_key.data.hex() == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    signature = signed(signer, b"\x72")
    assert signature.hex() == (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )


def test_p256_gives_the_signature_of_rfc_6979() -> None:
    # RFC 6979 appendix A.2.5, SHA-256, message "sample"; its s is in the upper half, so ours is n - s.
    scalar = bytes.fromhex("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721")
    signature = signed(P256Signer.from_scalar(scalar), b"sample")
    assert signature[:32].hex().upper() == "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
    s = 0xF7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8
    assert int.from_bytes(signature[32:], "big") == ecdsa.ORDER - s


@settings(derandomize=True, deadline=None, max_examples=40)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200))
def test_another_implementation_accepts_what_we_sign(seed: bytes, message: bytes) -> None:
    signer = Ed25519Signer.from_seed(seed)
    Ed25519PrivateKey.from_private_bytes(seed).public_key().verify(signed(signer, message), message)
    assert PublicKey.checked(Algorithm.ED25519, signer.public_key.data) == signer.public_key


@settings(derandomize=True, deadline=None, max_examples=40)
@given(st.integers(0, 63), st.integers(0, 7), st.sampled_from([0, 1]))
def test_any_flipped_bit_is_refused(index: int, bit: int, which: int) -> None:
    signer = both()[which]
    signature = bytearray(signed(signer, MESSAGE))
    signature[index] ^= 1 << bit
    assert not signer.public_key.verify(bytes(signature), MESSAGE)


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.binary(min_size=60, max_size=68), st.sampled_from([0, 1]))
def test_noise_is_false_and_never_an_error(noise: bytes, which: int) -> None:
    assert both()[which].public_key.verify(noise, MESSAGE) is False


@pytest.mark.parametrize("signer", both(), ids=lambda signer: signer.public_key.algorithm)
def test_only_the_same_message_and_key_verify(signer: Signer) -> None:
    signature = signed(signer, MESSAGE)
    assert signer.public_key.verify(signature, MESSAGE) is True
    assert not signer.public_key.verify(signature, MESSAGE + b"\0")
    assert not signer.public_key.verify(signature, b"")
    assert not signer.public_key.verify(signature + b"\0", MESSAGE)
    assert not signer.public_key.verify(signature[:-1], MESSAGE)
    assert not signer.public_key.verify(b"", MESSAGE)
    assert not signer.public_key.verify(bytes(64), MESSAGE)
    for other in (Ed25519Signer.generate(), P256Signer.generate()):
        assert not other.public_key.verify(signature, MESSAGE)
    with pytest.raises(InputError):
        signer.public_key.verify(signature, "text")  # type: ignore[arg-type]
    assert not signer.public_key.verify("x" * 64, MESSAGE)  # type: ignore[arg-type]


def test_ed25519_s_above_the_group_order_is_refused() -> None:
    signer = Ed25519Signer.from_seed(SEED)
    signature = signed(signer, MESSAGE)
    s = int.from_bytes(signature[32:], "little") + GROUP
    assert not signer.public_key.verify(signature[:32] + s.to_bytes(32, "little"), MESSAGE)


def test_p256_high_s_twin_is_refused() -> None:
    signer = P256Signer.from_scalar(SEED)
    signature = signed(signer, MESSAGE)
    twin = signature[:32] + (ecdsa.ORDER - int.from_bytes(signature[32:], "big")).to_bytes(32, "big")
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), signer.public_key.data)
    s = int.from_bytes(twin[32:], "big")
    der = ecdsa.raw_to_der(twin)
    public.verify(der, MESSAGE, ec.ECDSA(SHA256()))
    assert s > ecdsa.ORDER // 2
    assert not signer.public_key.verify(twin, MESSAGE)
    assert signer.public_key.verify_any_s(twin, MESSAGE)


@pytest.mark.parametrize("signer", both())
def test_either_half_of_s_is_no_other_signature(signer: Signer) -> None:
    key, genuine = signer.public_key, signed(signer, MESSAGE)
    assert key.verify_any_s(genuine, MESSAGE)
    for wrong in (
        b"", bytes(64), b"\xff" * 64, genuine[:-1], genuine + b"\0", genuine[:32] + bytes(32), bytes(32) + genuine[32:],
        genuine[32:] + genuine[:32], genuine[:32] + ecdsa.ORDER.to_bytes(32, "big"), None, genuine.hex(),
        bytearray(genuine),
    ):  # fmt: skip
        assert not key.verify_any_s(wrong, MESSAGE)  # type: ignore[arg-type]
    assert not key.verify_any_s(genuine, MESSAGE + b"x")
    assert not Ed25519Signer.generate().public_key.verify_any_s(genuine, MESSAGE)
    assert not P256Signer.generate().public_key.verify_any_s(genuine, MESSAGE)
    with pytest.raises(InputError):
        key.verify_any_s(b"", "text")  # type: ignore[arg-type]


def test_p256_der_is_not_a_signature() -> None:
    signer = P256Signer.from_scalar(SEED)
    assert not signer.public_key.verify(ecdsa.raw_to_der(signed(signer, MESSAGE)), MESSAGE)


@pytest.mark.parametrize("y", [0, 1, FIELD - 1, FIELD, FIELD + 1, FIELD + 18, 2**255 - 1])
@pytest.mark.parametrize("sign", [0, 1])
def test_low_order_and_second_spellings_of_ed25519_points_are_refused(y: int, sign: int) -> None:
    with pytest.raises(MalformedError):
        PublicKey(Algorithm.ED25519, point(y, sign))


@pytest.mark.parametrize(
    "text",
    [
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    ],
)
def test_points_of_order_eight_are_refused(text: str) -> None:
    y = int.from_bytes(bytes.fromhex(text), "little") % 2**255
    d = -121665 * pow(121666, -1, FIELD)
    # Doubling such a point gives y = 0, so x**2 = -y**2 in the curve's equation.
    assert (2 * y**2 - 1 + d * y**4) % FIELD == 0
    with pytest.raises(MalformedError, match="low order"):
        PublicKey(Algorithm.ED25519, bytes.fromhex(text))


@pytest.mark.parametrize("y", [FIELD - 2, FIELD - 20, 2**255 - 1 - 2**240])
def test_large_canonical_coordinates_pass_the_cheap_check(y: int) -> None:
    assert PublicKey(Algorithm.ED25519, point(y, 1)).data == point(y, 1)


def test_the_full_check_refuses_what_is_no_point() -> None:
    with pytest.raises(MalformedError):
        PublicKey.checked(Algorithm.ED25519, point(2))
    for x in range(20):
        data = b"\x02" + x.to_bytes(32, "big")
        try:
            ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), data)
        except ValueError:
            break
    with pytest.raises(MalformedError):
        PublicKey.checked(Algorithm.P256, data)
    assert not PublicKey(Algorithm.P256, data).verify(signed(P256Signer.from_scalar(SEED), MESSAGE), MESSAGE)
    assert not PublicKey(Algorithm.ED25519, point(2)).verify(signed(both()[0], MESSAGE), MESSAGE)


def test_the_full_check_refuses_a_point_of_mixed_order() -> None:
    # The base point plus the point of order 2 is (-x, -y): same curve, outside the prime-order subgroup.
    base = 46316835694926478169428394003475163141307993866256225615783033603165251855960
    mixed = point(FIELD - base, 1)
    assert PublicKey(Algorithm.ED25519, mixed).data == mixed
    with pytest.raises(MalformedError, match="prime-order"):
        PublicKey.checked(Algorithm.ED25519, mixed)


@pytest.mark.parametrize(
    ("algorithm", "data"),
    [
        (Algorithm.ED25519, b""),
        (Algorithm.ED25519, b"\x09" * 31),
        (Algorithm.ED25519, b"\x09" * 33),
        (Algorithm.P256, b""),
        (Algorithm.P256, b"\x02" * 32),
        (Algorithm.P256, b"\x04" + b"\x02" * 32),
        (Algorithm.P256, b"\x00" + b"\x02" * 32),
        (Algorithm.P256, b"\x04" + b"\x02" * 64),
        (Algorithm.P256, b"\0"),
        (Algorithm.P256, b"\x02" + b"\xff" * 32),
    ],
)
def test_wrong_lengths_and_prefixes_are_refused(algorithm: Algorithm, data: bytes) -> None:
    with pytest.raises(MalformedError):
        PublicKey.checked(algorithm, data)


@pytest.mark.parametrize(
    ("algorithm", "data"),
    [
        ("Ed25519", SEED),
        ("none", SEED),
        (None, SEED),
        (Algorithm.ED25519, "a" * 32),
        (Algorithm.ED25519, bytearray(32)),
    ],
)
def test_wrong_types_are_the_callers_mistake(algorithm: object, data: object) -> None:
    with pytest.raises(InputError):
        PublicKey(algorithm, data)  # type: ignore[arg-type]


def test_a_public_key_is_a_value() -> None:
    key = Ed25519Signer.from_seed(SEED).public_key
    assert key == pickle.loads(pickle.dumps(key))
    assert {key: 1}[PublicKey(key.algorithm, key.data)] == 1
    with pytest.raises(FrozenInstanceError):
        key.data = b""  # type: ignore[misc]


@pytest.mark.parametrize("make", [Ed25519Signer.from_seed, P256Signer.from_scalar])
@pytest.mark.parametrize("secret", [b"", bytes(31), b"\1" * 33, "1" * 32, 5, None, [1] * 32])
def test_a_bad_secret_is_refused_without_showing_it(make: Callable[[object], object], secret: object) -> None:
    with pytest.raises(InputError) as caught:
        make(secret)
    assert "111" not in str(caught.value)


@pytest.mark.parametrize("scalar", [0, ecdsa.ORDER, ecdsa.ORDER + 1, 2**256 - 1])
def test_a_scalar_out_of_range_is_refused(scalar: int) -> None:
    with pytest.raises(InputError, match="outside"):
        P256Signer.from_scalar(scalar.to_bytes(32, "big"))


def test_the_largest_and_smallest_scalars_work() -> None:
    for scalar in (1, ecdsa.ORDER - 1):
        signer = P256Signer.from_scalar(scalar.to_bytes(32, "big"))
        assert signer.public_key.verify(signed(signer, MESSAGE), MESSAGE)
        assert signer.export_secret() == scalar.to_bytes(32, "big")


def test_generated_keys_differ() -> None:
    assert (
        len({make().public_key.data for make in (Ed25519Signer.generate, P256Signer.generate) for _ in range(8)}) == 16
    )


def test_a_key_in_hardware_signs() -> None:
    for signer in both():
        assert signed(Hardware(signer), MESSAGE) == signed(signer, MESSAGE)


def test_hardware_that_answers_high_s_is_normalised() -> None:
    def twin(signature: bytes) -> bytes:
        return signature[:32] + (ecdsa.ORDER - int.from_bytes(signature[32:], "big")).to_bytes(32, "big")

    signer = P256Signer.from_scalar(SEED)
    assert signed(Hardware(signer, twin), MESSAGE) == signed(signer, MESSAGE)


def fail(signature: bytes) -> object:
    raise OSError("PIN 123456 rejected")


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize(
    "spoil",
    [
        lambda signature: b"",
        lambda signature: signature[:-1],
        lambda signature: signature + b"\0",
        lambda signature: bytes(64),
        lambda signature: b"\xff" * 64,
        lambda signature: signature[32:] + signature[:32],
        lambda signature: bytes([signature[0] ^ 1]) + signature[1:],
        lambda signature: None,
        lambda signature: signature.hex(),
        bytearray,
        fail,
    ],
)
def test_a_faulty_signer_emits_nothing(which: int, spoil: Callable[[bytes], object]) -> None:
    with pytest.raises(UnavailableError) as caught:
        signed(Hardware(both()[which], spoil), MESSAGE)
    assert "123456" not in "".join(traceback.format_exception(caught.value))


def test_a_signer_for_another_key_emits_nothing() -> None:
    faulty = Hardware(Ed25519Signer.from_seed(SEED))
    faulty._public_key = Ed25519Signer.generate().public_key
    with pytest.raises(UnavailableError, match="does not verify"):
        signed(faulty, MESSAGE)
    faulty._public_key = b"key"  # type: ignore[assignment]
    with pytest.raises(UnavailableError, match="PublicKey"):
        signed(faulty, MESSAGE)
    with pytest.raises(UnavailableError):
        signed(None, MESSAGE)  # type: ignore[arg-type]
    with pytest.raises(InputError):
        signed(Ed25519Signer.from_seed(SEED), "text")  # type: ignore[arg-type]


def copies(signer: object) -> list[Callable[[], object]]:
    attempts: list[Callable[[], object]] = [
        lambda version=version: pickle.dumps(signer, version)  # type: ignore[misc]
        for version in range(pickle.HIGHEST_PROTOCOL + 1)
    ]
    return [*attempts, lambda: copy.copy(signer), lambda: copy.deepcopy(signer), signer.__getstate__]


@pytest.mark.parametrize("signer", both(), ids=lambda signer: signer.public_key.algorithm)
def test_no_secret_is_shown_pickled_or_copied(signer: Ed25519Signer | P256Signer) -> None:
    shown = [repr(signer), str(signer), f"{signer}", repr([signer]), repr({"key": signer})]
    for attempt in copies(signer):
        with pytest.raises(AttornError) as caught:
            attempt()
        shown.append("".join(traceback.format_exception(caught.value)))
    secret = signer.export_secret()
    forms = [secret.hex(), secret[:8].hex(), repr(secret)[2:20], str(int.from_bytes(secret, "big"))]
    for text in shown:
        assert not any(form in text.lower() for form in forms)
    assert not hasattr(signer, "__dict__")
    assert signer.public_key.data.hex() in repr(signer)
