"""Certificates that a server makes for itself, for TLS on one machine. Nobody is to trust them further than that."""

from __future__ import annotations

import ipaddress
import os
import ssl
import tempfile
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from attorn.clock import instant
from attorn.errors import InputError
from attorn.handed import items

LOCAL: Final = ("localhost", "127.0.0.1", "::1")
"""The names by which this machine calls itself."""
_DAYS: Final = 30


def self_signed(names: Iterable[str], *, now: datetime, days: int = _DAYS) -> tuple[bytes, bytes]:
    """A certificate for these hosts and addresses and its new P-256 key, both in PEM, good for `days` from `now`.

    Raises `InputError` for no names, or names that no certificate can hold, and `UnavailableError` if `names` fail to
    be said.
    """
    start = instant(now, "now")
    several = isinstance(names, Iterable) and not isinstance(names, str | bytes)
    listed = items("list of names", names) if several else ()
    if not all(isinstance(each, str) for each in listed):
        raise InputError("certificate: expected names as text")
    listed = tuple(dict.fromkeys(listed))
    if not listed or type(days) is not int or not 0 < days <= 398:
        raise InputError("certificate: expected names, and 1 to 398 days")
    try:
        alternatives = x509.SubjectAlternativeName([_name(each) for each in listed])
    except ValueError:
        alternatives = None
    if alternatives is None:
        raise InputError("certificate: expected names of hosts, or addresses")
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "attorn, self-signed")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start - timedelta(minutes=5))
        .not_valid_after(start + timedelta(days=days))
        .add_extension(alternatives, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return certificate.public_bytes(serialization.Encoding.PEM), secret


def context(certificate: bytes, secret: bytes) -> ssl.SSLContext:
    """A server's TLS context for a certificate chain and its key in PEM. Raises `InputError` if they are of no use.

    OpenSSL reads them from files alone: for that moment they are in a folder that only this user can open.
    """
    if not isinstance(certificate, bytes) or not isinstance(secret, bytes):
        raise InputError("certificate: expected a certificate chain and its key in PEM, as bytes")
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    with tempfile.TemporaryDirectory(prefix="attorn-") as folder:
        paths = os.path.join(folder, "certificate"), os.path.join(folder, "key")
        for path, content in zip(paths, (certificate, secret), strict=True):
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
        try:
            # A key under a passphrase is refused here: there is nobody to ask.
            made.load_cert_chain(*paths, password=b"")
        except (OSError, ValueError):
            usable = False
        else:
            usable = True
    if not usable:
        raise InputError("certificate: expected a certificate chain and its key, both in PEM, without a passphrase")
    return made


def _name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)
