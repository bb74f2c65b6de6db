"""What a did:webvh may look like, and where its files are (attacks 34 and 35)."""

from __future__ import annotations

import pytest
from tests.unit.webvh_world import Web, resolver, sha

from attorn.did.did import MOST
from attorn.did.webvh import identifier
from attorn.errors import ResolutionError

SCID = sha(b"any")


PLACES = {
    "example.com": "https://example.com/.well-known/did.jsonl",
    "a.b.example.com": "https://a.b.example.com/.well-known/did.jsonl",
    "xn--jp-cd2fp15c.xn--fsq.jp": "https://xn--jp-cd2fp15c.xn--fsq.jp/.well-known/did.jsonl",
    "example.com%3A3000": "https://example.com:3000/.well-known/did.jsonl",
    "example.com:dids:issuer": "https://example.com/dids/issuer/did.jsonl",
    "example.com%3A3000:dids:issuer": "https://example.com:3000/dids/issuer/did.jsonl",
    "example.com:%E7%94%A8%E6%88%B7": "https://example.com/%E7%94%A8%E6%88%B7/did.jsonl",
    "example.com:a%20b": "https://example.com/a%20b/did.jsonl",
    "example.com:a.b-c_d:...": "https://example.com/a.b-c_d/.../did.jsonl",
    f"example.com:{SCID}": f"https://example.com/{SCID}/did.jsonl",
}


@pytest.mark.parametrize("place", PLACES)
def test_a_did_says_where_its_log_is(place: str) -> None:
    found = identifier.parse(f"did:webvh:{SCID}:{place}")
    assert found.log_url == PLACES[place]
    assert found.witness_url == PLACES[place].replace("did.jsonl", "did-witness.json")
    assert identifier.write(found.authority, found.segments, scid=SCID) == found.text


NO_PLACES = [
    "", "localhost", "com", "com%3A80", "Example.com", "EXAMPLE.COM", "example.com.", ".example.com", "example..com",
    "-a.example.com", "exa mple.com", "ex%61mple.com", "example%2Ecom", "example.com%2Fa", "example.com%5Ca",
    "example.com%00", "user%40example.com", "example.com%3a80", "example.com%3A", "example.com%3A443",
    "example.com%3A0", "example.com%3A080", "example.com%3A65536", "example.com%3A123456",
    "example.com%3A80%3A80", "example.com%253A80",
    "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "10.0.0.0x1", "127.0.0.1%3A80", "1.2.3.4.5",
    "%5B%3A%3A1%5D", "169.254.169.254", "127%2E0%2E0%2E1", "example.com%23a", "example.com%3Fa", "例.jp",
    "%E4%BE%8B.jp", "a" * 64 + ".com",
]  # fmt: skip
"""Attacks 34 and 35: what is no host name, or might be another to somebody else."""
NO_SEGMENTS = [
    "", ".", "..", "%2e%2e", "%2E%2E", "%2E", "a%2Fb", "a%2fb", "a%5Cb", "a%00b", "%00", "a%252Fb", "%252e%252e", "%25",
    "a%0Ab", "a%3Fb", "a%23b", "a%3Ab", "%61", "%e7%94%a8", "%7e", "%FF", "%C0%AE%C0%AE", "%ED%A0%80", "%E2%80%AE",
    "%E2%80%8B", "%20\u00a0",
]  # fmt: skip
"""Segments that could mean another place to a server, or have another spelling."""


@pytest.mark.parametrize("place", NO_PLACES)
def test_what_is_no_host_is_refused_before_anything_is_fetched(place: str) -> None:
    web = Web()
    with pytest.raises(ResolutionError, match="invalidDid: "):
        resolver(web).resolve(f"did:webvh:{SCID}:{place}")
    assert web.asked == []


@pytest.mark.parametrize("segment", NO_SEGMENTS)
def test_what_could_be_another_path_is_refused(segment: str) -> None:
    web = Web()
    for path in (segment, f"a:{segment}", f"{segment}:a"):
        with pytest.raises(ResolutionError, match="invalidDid: "):
            resolver(web).resolve(f"did:webvh:{SCID}:example.com:{path}")
    assert web.asked == []


@pytest.mark.parametrize(
    "did",
    [
        "", "did:webvh", "did:webvh:", f"did:webvh:{SCID}", f"did:webvh:{SCID}:", "did:webvh:example.com",
        f"did:webvh:{SCID[:-1]}:example.com", f"did:webvh:{SCID}x:example.com", f"did:webvh:{'Q' * 46}:example.com",
        "did:webvh:{SCID}:example.com", f"did:web:{SCID}:example.com", f"did:WEBVH:{SCID}:example.com",
        f"did:webvh:{SCID}:example.com#key", f"did:webvh:{SCID}:example.com?versionNumber=1",
        f"did:webvh:{SCID}:example.com/whois", f"did:webvh:{SCID}:example.com:{'a' * MOST}",
        f"did:webvh:{SCID.replace('m', 'l')}:example.com",
    ],
)  # fmt: skip
def test_what_is_no_did_is_refused(did: str) -> None:
    web = Web()
    with pytest.raises(ResolutionError, match="invalidDid: "):
        resolver(web).resolve(did)
    assert web.asked == []
