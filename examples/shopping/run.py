"""A user, an agent and its sub-agent, two shops and a credential provider, each a process: what is bought, what is not.

python examples/shopping/run.py
"""

import json
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from service import Refused, ask

FOLDER = Path(__file__).parent
CAST = {
    "user": "user",
    "shopper": "agent",
    "scout": "agent",
    "teashop": "merchant",
    "corner": "merchant",
    "provider": "provider",
}


def start(name: str, program: str, opened: ExitStack) -> subprocess.Popen[str]:
    """One of the cast, gone when we are."""
    command = [sys.executable, "-W", "error", "-B", str(FOLDER / f"{program}.py"), name]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603
    opened.callback(process.wait)
    opened.callback(process.communicate)
    return process


def act(title: str, who: str, path: str, expected: str = "bought", **errand: Any) -> None:
    """One purchase, or one that is refused; it must come out as expected."""
    try:
        told = ask(people[who]["url"], path, **errand)
        found, more = "bought", f"with receipts of {told['order']} and {told['payment']}"
    except Refused as error:
        refusal = error.args[0]
        found, more = refusal["code"], f"says the {refusal['by']}"
    print(f"{title + ':':<26}{found}, {more}")
    if found != expected:
        raise SystemExit(f"expected: {expected}")


def allowed(**more: int) -> dict[str, Any]:
    """Fresh mandates of the user for the shopper."""
    return ask(people["user"]["url"], "/allow", to=people["shopper"]["did"], **more)


with ExitStack() as opened:
    cast = {name: start(name, program, opened) for name, program in CAST.items()}
    people = {name: json.loads(process.stdout.readline()) for name, process in cast.items()}
    for process in cast.values():
        process.stdin.write(json.dumps(people) + "\n")
        process.stdin.flush()

    tea, coffee = {"shop": "teashop", "item": "tea"}, {"shop": "corner", "item": "coffee"}
    act("human present", "shopper", "/bring", **tea)
    held = allowed()
    act("human not present", "shopper", "/buy", held=held, **tea)
    act("over budget", "shopper", "/buy", "over_budget", held=held, **coffee)
    act("through a sub-agent", "shopper", "/send", to="scout", most=1500, held=allowed(), **tea)

    act("changed cart", "shopper", "/buy", "broken_chain", held=allowed(), trick="cart", **tea)
    act("changed amount", "shopper", "/buy", "wrong_total", held=allowed(), trick="amount", **tea)
    act("another payee", "shopper", "/buy", "wrong_payee, payee_not_allowed", held=allowed(), trick="payee", **tea)
    act("replay", "shopper", "/buy", "replayed", held=allowed(), trick="replay", **tea)
    act("beyond the sub-agent", "shopper", "/send", "amount_too_high", to="scout", most=1500, held=allowed(), **coffee)
    sly = {"to": "scout", "most": 1500, "held": allowed(), "trick": "widen"}
    act("widened by the sub-agent", "shopper", "/send", "broken_chain", **sly, **coffee)
    act("expired", "shopper", "/buy", "outside_validity", held=allowed(hours_ago=2), **tea)
    held = allowed()
    ask(people["user"]["url"], "/revoke", entry=held["entry"])
    act("revoked", "shopper", "/buy", "revoked", held=held, **tea)
