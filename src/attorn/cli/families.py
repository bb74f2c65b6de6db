"""The families of commands: the module of each, its words, and what each word does, in one line."""

from __future__ import annotations

from typing import Final

FAMILIES: Final = {
    "identities": {"id": "make or show an identity, resolve a DID"},
    "tokens": {
        "mint": "turn over some of your own authority to a DID; prints a token",
        "delegate": "pass a token on to another DID, narrowed; prints a token",
        "present": "bind a token to one request at one audience, once",
    },
    "approvals": {"approve": "read what an agent wants to do and approve it, once"},
    "inspection": {"inspect": "draw what a token or presentation claims; verifies nothing"},
    "verification": {"verify": "say whether a presentation permits a request; uses it up"},
    "macaroons": {"macaroon": "make a server's key, or issue what users mint with"},
    "revocations": {
        "revoke": "end a link and everything delegated from it; prints a signed entry",
        "publish": "sign the next list of what you have revoked",
    },
    "lives": {
        "suspend": "refuse every chain through a principal until you resume it; prints a signed entry",
        "resume": "end your own suspension of a principal; prints a signed entry",
        "deprovision": "refuse every chain through a principal for good; prints a signed entry",
    },
    "audits": {"audit": "verify and read a log of receipts"},
    "credentials": {"vc": "issue, verify and present verifiable credentials"},
    "mandates": {"mandate": "sign, hand on, close and verify mandates to buy"},
    "serving": {"serve": "issue and verify credentials, or decide, for others over https"},
    "vectors": {"vectors": "run conformance vectors"},
    "demonstration": {"demo": "run a resource server and two agents, and show what is refused and why"},
}
"""In the order of the help. The names are those of modules beside this one, loaded when one of their words is used."""

SUMMARIES: Final = {word: summary for words in FAMILIES.values() for word, summary in words.items()}
