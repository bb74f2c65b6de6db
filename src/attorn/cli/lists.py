"""The file in which `attorn` keeps a status list that it publishes, so that no entry is given out twice."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from attorn.cli import rolls, source
from attorn.errors import InputError, MalformedError
from attorn.status import Publisher

_MOST: Final = 64 << 20


@contextmanager
def opened(path: str, make: Callable[[], Publisher] | None = None) -> Iterator[Publisher]:
    """The list in the file at `path`, written back on the way out; the one of `make` if there is none.

    Whoever else opens it waits. Raises `InputError` where it cannot be read or written, or is to be made and there.
    """
    with rolls.locked(path):
        there = os.path.lexists(path)
        if make is None and not there:
            raise InputError("list: there is no such file; make the list with --uri and --kind")
        if make is not None and there:
            raise InputError("list: the file is there already; --uri and --kind are for a new one")
        try:
            publisher = Publisher.decode(source.file(path, "list", _MOST)) if make is None else make()
        except MalformedError as error:
            raise InputError(f"list: the file is damaged: {error}") from None
        yield publisher
        try:
            rolls.write(path, publisher.encode())
        except OSError as error:
            raise InputError(f"list: cannot write the file: {source.reason(error)}") from None
