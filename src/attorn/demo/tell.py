"""The demo's lines, each checked against what was foretold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from attorn.demo.reply import Reply
from attorn.display import Colour, escaped, painted


@dataclass(frozen=True, slots=True)
class Teller:
    """Writes lines with `write`, in colours if `colour`; DIDs in `names` are told as names. Collects `failures`."""

    write: Callable[[str], object]
    colour: bool
    names: Mapping[str, str]
    failures: list[str] = field(default_factory=list)

    def say(self, text: str = "") -> None:
        """One line as it is."""
        self.write(f"{text}\n")

    def heading(self, text: str) -> None:
        """A line that starts a part."""
        self.say(f"\n{self._painted(text, Colour.BOLD)}")

    def named(self, text: str) -> str:
        """`text` with every DID that has a name replaced by it."""
        for did, name in self.names.items():
            text = text.replace(did, name)
        return text

    def allowed(self, title: str, reply: Reply, words: str) -> None:
        """A call that must succeed, with `words` in the answer."""
        as_told = reply.status == 200 and words in reply.words
        said = self._painted(self.named(reply.words), Colour.DIM)
        self.say(f"  {title:<54}{self._painted(str(reply.status or '---'), Colour.GREEN)}  {said}")
        self._remember(title, as_told, f"200 and {words!r}")

    def refused(self, title: str, reply: Reply, status: int, code: str, by: str = "") -> None:
        """A call that the server must refuse with this status and code, because of this link and caveat if any."""
        as_told = (reply.status, reply.code, reply.by) == (status, code, by)
        self._told(title, reply, as_told, f"{status} {code} {by}".rstrip(), Colour.RED)

    def stopped(self, title: str, reply: Reply, words: str) -> None:
        """A step that honest software must refuse before anything is sent, with `words` in its reason."""
        as_told = reply.status == 0 and reply.code == "cannot_delegate" and words in self.named(reply.words)
        self._told(title, reply, as_told, f"cannot_delegate and {words!r}", Colour.RED)

    def _told(self, title: str, reply: Reply, as_told: bool, foretold: str, colour: Colour) -> None:
        verdict = f"{reply.status or '---'} {reply.code}".rstrip()
        self.say(f"  {title:<66}{self._painted(verdict, colour)}")
        self.say(f"    {self._painted(self.named(reply.words), Colour.DIM)}")
        self._remember(title, as_told, foretold)

    def _remember(self, title: str, as_told: bool, foretold: str) -> None:
        if not as_told:
            self.failures.append(title)
            self.say(f"    {self._painted(f'NOT AS TOLD: expected {foretold}', Colour.RED)}")

    def _painted(self, text: str, colour: Colour) -> str:
        # The words quote what agents sent: nothing in them may move the cursor or hide text.
        return painted(escaped(text), colour, self.colour)
