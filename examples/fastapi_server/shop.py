"""The shop: a signature says who calls, a chain says what they may do, and each decision leaves a span."""

from typing import Annotated

from fastapi import Depends, FastAPI, Request
from opentelemetry.trace import TracerProvider
from orders import AUDIENCE, route

from attorn import Access, Verifier
from attorn.errors import PossessionError
from attorn.httpsig import Agent, AgentMiddleware, AgentVerifier, Directories
from attorn.otel import SpanRecorder
from attorn.store import MemoryStore
from attorn.transport import Transport
from attorn.web.dependency import Authorized, Refused, answer_refused
from attorn.web.problem import problem


def shop(
    *, origin: str, user: str, agents: list[str], transport: Transport, store: MemoryStore, provider: TracerProvider
) -> FastAPI:
    """A shop in which the word of one user counts, and that looks these agents up."""
    spans = SpanRecorder(provider=provider, about=lambda draft: {"gen_ai.operation.name": "execute_tool"})
    authorized = Authorized(
        Verifier(audience=AUDIENCE, roots=[user], store=store, receipts=spans), origin=origin, route=route
    )

    def caller(request: Request, access: Annotated[Access, Depends(authorized)]) -> Agent:
        """Who signed the request is who holds the chain."""
        agent: Agent = request.state.agent
        try:
            agent.require_holder(access)
        except PossessionError as error:
            raise Refused(problem(error, realm=origin)) from error
        return agent

    app = FastAPI(exception_handlers={Refused: answer_refused})

    @app.post("/orders")
    async def order(
        amount: int, access: Annotated[Access, Depends(authorized)], agent: Annotated[Agent, Depends(caller)]
    ) -> dict[str, object]:
        return {"amount": amount, "for": access.root, "through": len(access.chain), "by": agent.url}

    # Outermost: nobody gets as far as a chain who is not known.
    identifying = AgentVerifier(Directories(transport), agents=agents, store=store)
    app.add_middleware(AgentMiddleware, verifier=identifying, origin=origin)
    return app
