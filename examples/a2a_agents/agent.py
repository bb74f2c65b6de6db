"""One agent, as a process: `python agent.py calendar` or `python agent.py planner`.

It says its DID and its URL in a line of JSON, reads who the others are in another, and serves until its input ends.
"""

import json
import socket
import sys
import threading

import uvicorn
from a2a.helpers import new_task_from_user_message, new_text_artifact_update_event
from a2a.server.agent_execution import AgentExecutor, RequestContext
from a2a.server.events import EventQueue
from a2a.server.request_handlers import DefaultRequestHandler
from a2a.server.routes import create_agent_card_routes, create_jsonrpc_routes
from a2a.server.tasks import InMemoryTaskStore, TaskUpdater
from a2a.utils.errors import A2AError
from calling import answer, binding, card_of, code, find, holding, message, send
from starlette.applications import Starlette

from attorn import Identity, Verifier
from attorn.a2a import ChainExecutor, ChainHandler, access_of, advertise, handed_over, sign_card


class Agent(AgentExecutor):
    """The calendar reads and books. The planner asks the calendar to, with the token that it was handed."""

    async def execute(self, context: RequestContext, event_queue: EventQueue) -> None:
        task_id, context_id = str(context.task_id), str(context.context_id)
        if context.current_task is None:
            await event_queue.enqueue_event(new_task_from_user_message(context.message))
        wanted = dict(context.message.parts[0].data.struct_value)
        done = await self.ask_calendar(context, wanted) if NAME == "planner" else self.act(context, wanted)
        await event_queue.enqueue_event(new_text_artifact_update_event(task_id, context_id, "answer", done))
        await TaskUpdater(event_queue, task_id, context_id).complete()

    def act(self, context: RequestContext, wanted: dict[str, object]) -> str:
        """Whatever gets here was verified: the chain, this very message, and each limit on its arguments."""
        access = access_of(context)
        names = {who["did"]: name for name, who in people.items()}
        chain = " -> ".join(names[did] for did in (access.root, *(each.delegate for each in access.chain)))
        return f"{wanted['do']} {wanted['day']}, for {chain}"

    async def ask_calendar(self, context: RequestContext, wanted: dict[str, object]) -> str:
        """With the sender's authority, and no more of it than it handed over."""
        token = handed_over(context.message, access_of(context), to=me.did)
        assert token is not None
        card = await find(people["calendar"])
        asked = message({"do": wanted.get("then", "read"), "day": wanted["day"]})
        try:
            return answer(await send(card, asked, holding(me, token, card, "calendar")))
        except A2AError as error:
            return f"refused: {code(error)}"

    async def cancel(self, context: RequestContext, event_queue: EventQueue) -> None:
        raise NotImplementedError


NAME = sys.argv[1]
me = Identity.generate()
listening = socket.create_server(("127.0.0.1", 0))
url = f"http://127.0.0.1:{listening.getsockname()[1]}"
print(json.dumps({"did": me.did, "url": url}), flush=True)
people = json.loads(sys.stdin.readline())

card = sign_card(advertise(card_of(NAME, url), did=me.did), by=me)
sdk = DefaultRequestHandler(ChainExecutor(Agent()), InMemoryTaskStore(), card)
handler = ChainHandler(sdk, verifier=Verifier(audience=me.did, roots=[people["alice"]["did"]]), binding=binding(NAME))
app = Starlette(routes=[*create_jsonrpc_routes(handler, "/a2a"), *create_agent_card_routes(card)])
server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off", ws="none"))
threading.Thread(target=lambda: (sys.stdin.read(), setattr(server, "should_exit", True)), daemon=True).start()
server.run(sockets=[listening])
