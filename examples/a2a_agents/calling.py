"""How agents find and call each other: a card of which the signature holds, then messages that carry a chain."""

import httpx
from a2a.client import ClientConfig, ClientFactory
from a2a.helpers import new_data_part, new_message
from a2a.types import AgentCapabilities, AgentCard, AgentInterface, AgentSkill, Part, Role, SendMessageRequest, Task
from a2a.utils.errors import A2AError, TaskNotFoundError

from attorn import AttornError, Identity, Token
from attorn.a2a import EXTENSION, Binding, HolderInterceptor, VerifiedCard, verify_card, with_approvals

HEADER = {"A2A-Extensions": EXTENSION}


def binding(name: str) -> Binding:
    """How requests to an agent are read, by those who send them and by the agent itself."""
    return Binding(resource=f"agent://{name}")


def card_of(name: str, url: str) -> AgentCard:
    """What an agent says of itself, before it says as whom and signs it."""
    return AgentCard(
        name=name,
        description=f"Is a {name}.",
        version="1",
        supported_interfaces=[AgentInterface(url=f"{url}/a2a", protocol_binding="JSONRPC", protocol_version="1.0")],
        capabilities=AgentCapabilities(),
        default_input_modes=["application/json"],
        default_output_modes=["text/plain"],
        skills=[AgentSkill(id=name, name=name, description=f"Is a {name}.", tags=[name])],
    )


async def card_text(url: str) -> str:
    """The card of whoever answers there."""
    async with httpx.AsyncClient() as http:
        return (await http.get(f"{url}/.well-known/agent-card.json")).raise_for_status().text


async def find(who: dict[str, str]) -> VerifiedCard:
    """The card of an agent whose DID is known, signed by it."""
    return verify_card(await card_text(who["url"]), signers=[who["did"]])


def message(*parts: Part | dict[str, object]) -> SendMessageRequest:
    """A request to send these parts."""
    made = [each if isinstance(each, Part) else new_data_part(each) for each in parts]
    return SendMessageRequest(message=new_message(made, role=Role.ROLE_USER))


async def send(
    card: VerifiedCard, request: SendMessageRequest, *holders: HolderInterceptor, approval: str = "", **headers: str
) -> Task:
    """The task that comes of a message."""
    async with httpx.AsyncClient(headers=headers) as http:
        config = ClientConfig(httpx_client=http, streaming=False)
        client = ClientFactory(config).create(card.card, interceptors=list(holders))
        async for event in client.send_message(request, context=with_approvals(*filter(None, [approval]))):
            return event.task
    raise SystemExit("an agent said nothing")


def holding(identity: Identity, token: Token, card: VerifiedCard, name: str) -> HolderInterceptor:
    """Presents `token` to the agent whose card this is."""
    assert card.did is not None
    return HolderInterceptor(identity, token, audience=card.did, binding=binding(name))


def answer(task: Task) -> str:
    """What the agent answered."""
    return " ".join(part.text for artifact in task.artifacts for part in artifact.parts)


def code(error: AttornError | A2AError) -> str:
    """Why something was refused."""
    if isinstance(error, AttornError):
        return error.code
    return "unknown_task" if isinstance(error, TaskNotFoundError) else str((error.data or {}).get("code"))
