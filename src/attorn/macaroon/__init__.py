"""Macaroons, the second format: for one trust domain, where whoever verifies could also mint."""

from attorn.macaroon.container import Macaroon
from attorn.macaroon.discharge import ThirdParty
from attorn.macaroon.issuing import issue
from attorn.macaroon.key import MacKey
from attorn.macaroon.notation import from_json, to_json
from attorn.macaroon.text import decode, encode

__all__ = ["MacKey", "Macaroon", "ThirdParty", "decode", "encode", "from_json", "issue", "to_json"]
