"""The process that `peer_didkit` starts: a line `sign 20` or `verify 20` is answered with microseconds for one."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from time import perf_counter

import didkit
from tests.benchmarks import credential_scenario as scenario

PURPOSE = {"proofPurpose": "assertionMethod"}


async def _verify(signed: str) -> None:
    found = json.loads(await didkit.verify_credential(signed, json.dumps(PURPOSE)))
    if found["errors"]:
        raise ValueError(found["errors"])


async def _batch(work: Callable[[], Awaitable[object]], count: int) -> float:
    start = perf_counter()
    for _ in range(count):
        await work()
    return (perf_counter() - start) / count * 1e6


async def _answer() -> None:
    key = didkit.generate_ed25519_key()
    document = scenario.document_v1(didkit.key_to_did("key", key))
    options = json.dumps({**PURPOSE, "verificationMethod": await didkit.key_to_verification_method("key", key)})

    async def sign() -> str:
        return str(await didkit.issue_credential(scenario.text(document), options, key))

    signed = await sign()
    await _verify(signed)
    try:
        await _verify(signed.replace("Alice", "Malice"))
    except (ValueError, didkit.DIDKitException):
        print("ready", flush=True)
    works: dict[str, Callable[[], Awaitable[object]]] = {"sign": sign, "verify": lambda: _verify(signed)}
    for line in sys.stdin:
        name, count = line.split()
        print(await _batch(works[name], int(count)), flush=True)


if __name__ == "__main__":
    asyncio.run(_answer())
    # An interpreter that used didkit can abort when it ends in the ordinary way.
    os._exit(0)
