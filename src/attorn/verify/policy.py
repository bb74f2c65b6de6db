"""A second decision after the chain's own: a policy of whoever runs the verifier. It can only refuse.

It is asked once no caveat prohibits, before anybody is asked to approve and before anything is charged: what it
refuses costs the user nothing but the presentation. A request that the chain does not permit it never sees.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from attorn.decision import Decision, Denial
from attorn.errors import AttornError, Denied, UnavailableError
from attorn.handed import ask
from attorn.request.request import Request
from attorn.token.link import Link
from attorn.verify.access import Cleared


class Policy(Protocol):
    """What a verifier may be given as `policy`. It is asked from several threads at once."""

    def permits(self, cleared: Cleared) -> bool | Denial:
        """True if this request is permitted as well. False, or a `Denial` that says why, prohibits it.

        Any other answer, and any error but `Denied`, means that it could not be decided.
        """


def consult(policy: Policy | None, chain: tuple[Link, ...], request: Request, audience: str, at: datetime) -> None:
    """(9) Return if there is no policy, or if it permits the request. Raises `Denied` or `UnavailableError`."""
    if policy is not None:
        cleared = Cleared(chain=chain, request=request, audience=audience, at=at)
        require(lambda: policy.permits(cleared))


def require(question: Callable[[], object]) -> None:
    """Return if the answer of a policy is *true*. Raises `Denied` or `UnavailableError`."""
    try:
        answer = ask("policy", question)
    except (Denied, UnavailableError):
        raise
    except AttornError as error:
        # It would be taken for a verdict about the presentation.
        raise UnavailableError(f"the policy failed with {type(error).__name__}") from error
    if answer is True:
        return
    if answer is False:
        answer = Denial("Policy", "what this verifier's own policy permits", "more")
    if not isinstance(answer, Denial):
        raise UnavailableError("the policy must answer True, False or a Denial")
    raise Denied(Decision(False, 9, denial=answer))
