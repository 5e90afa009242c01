"""Names as a test wants them to resolve: a blocking lookup as the resolver takes it."""

from __future__ import annotations

import socket
import threading
from collections import Counter


class Names:
    """Call it like the system's lookup. A name that isn't set doesn't exist; one set to `hang` never answers.

    Use it in a `with` block, which lets hanging lookups go at its end.
    """

    def __init__(self, **names: list[str] | Exception | str) -> None:
        self.names: dict[str, list[str] | Exception | str] = dict(names)
        self.asked: Counter[str] = Counter()
        self._ended = threading.Event()

    def __enter__(self) -> Names:
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()

    def __setitem__(self, name: str, answer: list[str] | Exception | str) -> None:
        self.names[name] = answer

    def __call__(self, host: str, port: int) -> list[str]:
        self.asked[host] += 1
        answer = self.names.get(host)
        if answer == "hang":
            self._ended.wait(60)
            answer = None
        if isinstance(answer, Exception):
            raise answer
        if answer is None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        assert isinstance(answer, list)
        return answer
