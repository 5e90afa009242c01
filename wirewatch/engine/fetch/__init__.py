"""One request for one source, done right: the only place that speaks HTTP.

`Fetcher.fetch` is all that the engine needs. An `errand` is one fetch with its redirects, an `exchange` one request of
it. `guard` says what may be connected to, `resolve` looks names up, `wire` carries the bytes, `clients` keeps them
open, `pace` keeps the peace with hosts, `body` decodes under a cap, `headers` reads what servers say about time, and
`reasons` turns every failure into a sentence without secrets.
"""

from __future__ import annotations

from wirewatch.engine.fetch.fetcher import Fetcher
from wirewatch.engine.fetch.limits import Limits
from wirewatch.engine.fetch.redact import quiet_loggers, redact
from wirewatch.engine.fetch.response import Response

__all__ = ["Fetcher", "Limits", "Response", "quiet_loggers", "redact"]
