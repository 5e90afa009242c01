"""Every failure as one sentence without secrets: statuses, broken HTTP, broken connections."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import httpcore
import httpx

from wirewatch import text
from wirewatch.engine.cadence import span
from wirewatch.engine.fetch import headers
from wirewatch.engine.fetch.redact import redact
from wirewatch.engine.fetch.trouble import Trouble
from wirewatch.errors import FetchError, OfflineError

if TYPE_CHECKING:
    from collections.abc import Mapping

log = logging.getLogger(__name__)

STATUSES = {
    204: "the server says that there is nothing",
    206: "the server sent a part only, without having been asked",
    400: "the server doesn't understand the request",
    401: "the server wants a login",
    402: "the server wants to be paid",
    403: "the server refuses access",
    404: "there is nothing at this address",
    406: "the server has no document of a kind that can be read",
    407: "the proxy wants a login",
    408: "the server gave up waiting",
    410: "gone for good",
    421: "the server doesn't serve this host",
    429: "too many requests",
    451: "withheld for legal reasons",
    500: "the server failed",
    501: "the server can't do this",
    502: "a server behind the server failed",
    503: "the server is overloaded or down for a while",
    504: "a server behind the server didn't answer",
}
ASKS_TO_WAIT = frozenset({429, 503})


def refused(status: int, found: Mapping[str, str], now: float) -> FetchError:
    """The error for a status that brings no document, with the time until which the server wants no request."""
    if found.get("cf-mitigated", "").strip().casefold() == "challenge":
        return FetchError(f"a Cloudflare challenge stands before it: web page, not a feed ({status})", status=status)
    reason = STATUSES.get(status) or _kind(status)
    if status == 429 or (status >= 400 and "retry-after" in found and status != 410):
        wait = headers.wait(found, now)
        asked = f"; it asked to be left alone for {span(wait)}" if "retry-after" in found else ""
        return FetchError(f"{reason} ({status}){asked}", status=status, held_until=now + wait)
    return FetchError(f"{reason} ({status})", status=status)


def _kind(status: int) -> str:
    if 400 <= status < 500:
        return "the server refuses the request"
    if 500 <= status < 600:
        return "the server failed"
    if 300 <= status < 400:
        return "a redirect that leads nowhere"
    return "an answer that means nothing"


def failure(reason: str, *, status: int | None = None, held_until: float | None = None) -> FetchError:
    """A FetchError whose reason may quote outside text: cleaned and redacted."""
    return FetchError(text.message(redact(reason)), status=status, held_until=held_until)


def broken(error: Exception, host: str, proxy: str | None = None) -> FetchError:
    """The FetchError for whatever a hostile peer can make the libraries raise. Never quotes what the peer sent."""
    if isinstance(error, FetchError):
        return error
    if isinstance(error, Trouble):
        kind = OfflineError if error.offline else FetchError
        return kind(text.message(redact(error.reason)))
    if isinstance(error, httpcore.ProxyError):
        return failure(f"the proxy {proxy} refused to connect to {host} ({str(error)[:3]})")
    if isinstance(error, httpcore.RemoteProtocolError):
        if "complete message body" in str(error):
            return failure(f"{host} closed the connection in the middle of its answer")
        return failure(f"{host} doesn't answer in valid HTTP")
    if isinstance(error, httpcore.LocalProtocolError | httpx.InvalidURL):
        return failure(f"the address or what is kept of {host} can't be put into a request")
    if isinstance(error, httpcore.NetworkError | httpcore.TimeoutException):
        return failure(f"the connection to {host} broke ({type(error).__name__})")
    log.error("asking %s failed in an unforeseen way", host, exc_info=error)
    return failure(f"asking {host} failed in an unforeseen way ({type(error).__name__})")
