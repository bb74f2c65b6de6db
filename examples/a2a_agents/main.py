"""A user's assistant, a planner and a calendar that talk over A2A: what is done, and what is refused.

python examples/a2a_agents/main.py
"""

import asyncio
import json
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from calling import find, holding, message, send
from tricks import act, frauds

from attorn import Identity, caveat
from attorn.a2a import continued, token_part

alice, assistant, thief = Identity.generate(), Identity.generate(), Identity.generate()


def start(name: str, opened: ExitStack) -> subprocess.Popen[str]:
    """An agent, gone when we are."""
    command = [sys.executable, "-B", str(Path(__file__).parent / "agent.py"), name]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603
    opened.callback(process.wait)
    opened.callback(process.communicate)
    return process


async def story(people: dict[str, dict[str, str]]) -> None:
    """What happens."""
    calendar, planner = await find(people["calendar"]), await find(people["planner"])
    booking = caveat.RequiresApproval(alice.did, when=caveat.Equals("do", "book"))
    limits = [
        caveat.Actions("a2a:SendMessage"),
        caveat.OneOf("do", ["read", "book"]),
        booking,
        caveat.ExpiresIn(hours=1),
    ]
    held = alice.mint(to=assistant.did, caveats=limits)
    mine = holding(assistant, held, calendar, "calendar")
    read, book = {"do": "read", "day": "Monday"}, {"do": "book", "day": "Monday"}
    await act("read", send(calendar, message(read), mine))

    narrow = token_part(assistant.delegate(held, to=people["planner"]["did"], caveats=[caveat.OneOf("do", ["read"])]))
    there = holding(assistant, held, planner, "planner")
    await act("through the planner", send(planner, message(read, narrow), there))
    await act("more than it was handed", send(planner, message({**read, "then": "book"}, narrow), there), "denied")

    booked = message(book)
    waiting = await send(calendar, booked, mine)
    asked = mine.asked(waiting, booked)
    print("alice is asked:           " + "; ".join(line for line in asked.message().splitlines() if "@" not in line))
    approval = alice.approve(asked).encode()
    other = continued(message({**book, "day": "Tuesday"}), waiting)
    await act("approved was another day", send(calendar, other, mine, approval=approval), "invalid_input")
    stolen = holding(thief, alice.mint(to=thief.did, caveats=limits), calendar, "calendar")
    await act("another agent's task", send(calendar, continued(message(read), waiting), stolen), "unknown_task")
    await act("approved", send(calendar, continued(booked, waiting), mine, approval=approval))

    await frauds(calendar, assistant, held, message(read), people)


with ExitStack() as opened:
    cast = {name: start(name, opened) for name in ("calendar", "planner")}
    known = {name: json.loads(process.stdout.readline()) for name, process in cast.items()}
    known |= {"alice": {"did": alice.did}, "assistant": {"did": assistant.did}}
    for process in cast.values():
        process.stdin.write(json.dumps(known) + "\n")
        process.stdin.flush()
    asyncio.run(story(known))
