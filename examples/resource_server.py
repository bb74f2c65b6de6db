"""A FastAPI server whose endpoints get the verified access, and an agent that calls it; both in this process."""

import asyncio
from typing import Annotated

import httpx
from fastapi import Depends, FastAPI

from attorn import Access, Identity, Verifier, caveat
from attorn.web.client import HolderAuth
from attorn.web.dependency import Authorized, Refused, answer_refused

ORIGIN, AUDIENCE = "https://calendar.example", "did:web:calendar.example"


def server(user: str) -> FastAPI:
    """A calendar in which the word of one user counts."""
    # A presentation is for the raw method, path, query and body: `http:get` on `https://calendar.example/events/...`.
    authorized = Authorized(Verifier(audience=AUDIENCE, roots=[user]), origin=ORIGIN)
    app = FastAPI(exception_handlers={Refused: answer_refused})

    @app.get("/events/{month}")
    async def read(month: str, access: Annotated[Access, Depends(authorized)]) -> dict[str, object]:
        return {"month": month, "for": access.root, "through": [link.delegate for link in access.chain]}

    @app.post("/events/{month}")
    async def write(month: str, event: dict[str, str], access: Annotated[Access, Depends(authorized)]) -> str:
        return f"{event['title']} in {month}, by {access.holder}"

    return app


async def main() -> None:
    """Calls that are allowed, and two that are not."""
    alice, agent = Identity.generate(), Identity.generate()
    token = alice.mint(
        to=agent.did,
        caveats=[
            caveat.Actions("http:get", "http:post"),
            caveat.Resources(f"{ORIGIN}/events/2026-11"),
            caveat.ExpiresIn(minutes=15),
            caveat.Purpose("Keep my November in order"),
        ],
    )
    auth = HolderAuth(agent, token, audience=AUDIENCE, origin=ORIGIN)
    transport = httpx.ASGITransport(app=server(alice.did))
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, auth=auth) as calendar:
        answer = await calendar.get("/events/2026-11", params={"limit": "10"})
        assert answer.status_code == 200, answer.text
        assert answer.json() == {"month": "2026-11", "for": alice.did, "through": [agent.did]}
        print("allowed: ", answer.json()["month"])

        answer = await calendar.post("/events/2026-11", json={"title": "Dentist"})
        assert answer.status_code == 200, answer.text
        print("allowed: ", answer.json())

        answer = await calendar.get("/events/2026-12")
        assert (answer.status_code, answer.json()["caveat"]) == (403, "Resources")
        print("refused: ", answer.json()["detail"])

        answer = await calendar.get("/events/2026-11", auth=lambda request: request)
        assert answer.status_code == 401, answer.text
        print("refused: ", answer.json()["detail"], "/", answer.headers["www-authenticate"])


if __name__ == "__main__":
    asyncio.run(main())
