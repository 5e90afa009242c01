"""What each source listed last, by fingerprints: items of these bytes are stored and need not be read again."""

from __future__ import annotations

from typing import NamedTuple

from wirewatch.clock import DAY

WHOLE = DAY
"""So often a document is read whole all the same: whatever went wrong is put right by then."""


class _Last(NamedTuple):
    prints: bytes
    whole_at: float


class Listed:
    """Fingerprints of the items in each source's last stored document. They are kept in memory only: a start reads
    each changed document whole. Times are monotonic seconds.
    """

    def __init__(self) -> None:
        self._last: dict[str, _Last] = {}

    def known(self, name: str, now: float) -> bytes:
        """The fingerprints of what needn't be read; none when it is time to read everything again."""
        last = self._last.get(name)
        return last.prints if last is not None and now - last.whole_at < WHOLE else b""

    def stored(self, name: str, prints: bytes, now: float) -> None:
        """Notes what a document listed whose news is stored by now."""
        last = self._last.get(name)
        whole_at = last.whole_at if last is not None and now - last.whole_at < WHOLE else now
        self._last[name] = _Last(prints, whole_at)

    def forget(self, name: str) -> None:
        """Has the next document of a source read whole: not all that it listed may be stored."""
        self._last.pop(name, None)
