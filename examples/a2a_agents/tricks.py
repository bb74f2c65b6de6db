"""What thieves and forgers try, and how it comes out."""

from collections.abc import Awaitable

from a2a.types import SendMessageRequest, Task
from a2a.utils.errors import A2AError
from calling import HEADER, answer, binding, card_text, code, message, send

from attorn import AttornError, Identity, Token
from attorn.a2a import VerifiedCard, verify_card, with_chain


async def act(title: str, what: Awaitable[object], expected: str = "") -> None:
    """One thing that is done, or refused; it must come out as expected."""
    try:
        done = await what
        found = answer(done) if isinstance(done, Task) else "done"
    except (AttornError, A2AError) as error:
        found = f"refused: {code(error)}"
    print(f"{title + ':':<26}{found}")
    if (found if "refused" in found else "") != (expected and f"refused: {expected}"):
        raise SystemExit(f"expected: {expected}")


async def check(text: str, did: str) -> None:
    """A card, as somebody who expects this DID sees it."""
    verify_card(text, signers=[did])


async def frauds(
    calendar: VerifiedCard,
    assistant: Identity,
    held: Token,
    read: SendMessageRequest,
    people: dict[str, dict[str, str]],
) -> None:
    """Requests of the assistant that others take, change and send again, and cards that they offer."""
    await act("no chain", send(calendar, read), "no_presentation")
    told = {"audience": calendar.did, "binding": binding("calendar")}
    once, elsewhere = with_chain(read, assistant, held, **told), {**told, "audience": people["planner"]["did"]}
    await act("seen on the wire", send(calendar, once, **HEADER))
    await act("sent again", send(calendar, once, **HEADER), "replayed")
    changed = with_chain(read, assistant, held, **told)
    changed.message.parts.extend(message({}).message.parts)
    await act("changed on the way", send(calendar, changed, **HEADER), "invalid_input")
    changed.message.parts[1].text = "and book it"
    await act("more said on the way", send(calendar, changed, **HEADER), "wrong_request")
    wrong = with_chain(read, assistant, held, **elsewhere)
    await act("for another agent", send(calendar, wrong, **HEADER), "wrong_audience")
    text = await card_text(people["calendar"]["url"])
    await act("a card that was altered", check(text.replace("Is a", "Is the"), calendar.did), "bad_signature")
    await act("a card of somebody else", check(text, Identity.generate().did), "bad_signature")
