"""One fetch from the configured URL to the answer: its hops, its budget of time, what was learnt on the way."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

import httpcore
import httpx

from wirewatch.config.urls import is_private
from wirewatch.engine.cadence import span
from wirewatch.engine.fetch import headers, proxies, reasons, urls
from wirewatch.engine.fetch.clients import place_of
from wirewatch.engine.fetch.exchange import DOCUMENTS, exchange
from wirewatch.engine.fetch.redact import redact
from wirewatch.engine.fetch.response import Response
from wirewatch.engine.fetch.trouble import seconds

if TYPE_CHECKING:
    from collections.abc import Callable

    from wirewatch.clock import Clock
    from wirewatch.engine.fetch.clients import Clients, Place
    from wirewatch.engine.fetch.exchange import Answer
    from wirewatch.engine.fetch.limits import Limits
    from wirewatch.engine.fetch.pace import Pace
    from wirewatch.engine.fetch.urls import Start
    from wirewatch.model import Source

REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})
HTML = (b"<!doctype html", b"<html", b"<head", b"<body")
PORTS = {"http": 80, "https": 443}


def host_key(url: httpx.URL, *, private: bool) -> str:
    """What is spared as one host. On private hosts each port is a server of its own."""
    host = url.raw_host.decode("ascii")
    return f"{host}:{url.port or PORTS[url.scheme]}" if private else host


class Means(Protocol):
    """What all fetches share: the `Fetcher` has it."""

    limits: Limits
    clock: Clock
    pace: Pace
    clients: Clients
    proxy_for: Callable[[httpx.URL], str | None]
    vouched: dict[str, str]
    asked: dict[str, tuple[httpx.URL, list[tuple[bytes, bytes]], httpx.Request]]
    head: tuple[tuple[bytes, bytes], ...]


class Errand:
    """One fetch of one source; used once."""

    def __init__(self, means: Means, source: Source, start: Start) -> None:
        self._means = means
        self._source = source
        self._home = start.url
        self._home_private = source.private or start.private
        self._credentials = start.authorization
        self._spent = 0.0
        self._note: str | None = None
        self.led_to: str | None = None
        """The host that redirects have led to, where it isn't the configured one."""
        limits = means.limits
        self._extensions = {
            "timeout": {"connect": limits.connect, "read": limits.idle, "write": limits.idle, "pool": limits.connect}
        }

    async def run(self, etag: str | None, last_modified: str | None) -> Response:
        """Follows redirects to the answer. Raises FetchError, OfflineError and whatever the libraries raise."""
        url = self._home
        permanent: httpx.URL | None = None
        only_permanent = True
        seen = {url}
        for _ in range(self._means.limits.hops + 1):
            validators = self._validators(url, etag, last_modified)
            answer = await self._ask(url, validators)
            if answer.status == 304 and not validators:
                answer = await self._ask(url, [])
            if answer.status not in REDIRECTS or not answer.found.get("location"):
                return self._response(url, answer, permanent, conditional=bool(validators))
            url = self._follow(url, answer)
            self.led_to = url.raw_host.decode("ascii") if url.raw_host != self._home.raw_host else None
            if url in seen:
                raise reasons.failure("redirects in a circle", status=answer.status)
            seen.add(url)
            only_permanent = only_permanent and answer.status in PERMANENT
            permanent = url if only_permanent else permanent
        raise reasons.failure(f"redirects more than {self._means.limits.hops} times", status=answer.status)

    def _validators(self, url: httpx.URL, etag: str | None, last_modified: str | None) -> list[tuple[bytes, bytes]]:
        vouched = self._means.vouched.get(self._source.name)
        if vouched is not None and vouched != str(url):
            return []
        kept = ((b"If-None-Match", etag), (b"If-Modified-Since", last_modified))
        return [(name, sent) for name, value in kept if value and (sent := headers.echo(value))]

    def _follow(self, url: httpx.URL, answer: Answer) -> httpx.URL:
        """Where a redirect leads. Raises FetchError where it must not be followed (FAULTS 42, 45)."""
        leads = urls.target(url, answer.found["location"])
        if url.scheme == "https" and leads.scheme == "http":
            if self._credentials is not None:
                raise reasons.failure("redirects from https to http, refused for a source with a password")
            self._note = f"redirected from https to unencrypted http ({leads.raw_host.decode('ascii')})"
        return leads

    async def _ask(self, url: httpx.URL, validators: list[tuple[bytes, bytes]]) -> Answer:
        """One request, in its turn, within what is left of the time. Raises FetchError and the libraries' errors."""
        means, limits = self._means, self._means.limits
        private = self._home_private and url.raw_host == self._home.raw_host
        proxy = None if private else means.proxy_for(url)
        if proxy and is_private(str(url)):
            # a proxy looks names up itself, where we can't see what they lead to; what is plain to see is refused here
            raise reasons.failure(f"refused to connect: {url.host} is inside a private network")
        host = host_key(url, private=private)
        head = [*means.head, *validators]
        if self._credentials is not None and self._at_home(url):
            head.append((b"Authorization", self._credentials))
        request = self._request(url, head)
        place = place_of(url, private=private, proxy=proxy)
        at_once = limits.private_per_host if private else limits.per_host
        async with means.pace.turn(host, at_once=at_once, spacing=0.0 if private else limits.spacing):
            self._check_hold(host)
            return await self._timed(place, request)

    def _request(self, url: httpx.URL, head: list[tuple[bytes, bytes]]) -> httpx.Request:
        """The request, made anew only where it isn't the source's last one: making it is a tenth of a 304's cost."""
        asked = self._means.asked.get(self._source.name)
        if asked is None or asked[0] != url or asked[1] != head:
            asked = url, head, httpx.Request("GET", url, headers=head, extensions=self._extensions)
            self._means.asked[self._source.name] = asked
        return asked[2]

    def _check_hold(self, host: str) -> None:
        now = self._means.clock.now()
        until = self._means.pace.held_until(host, now)
        if until is not None:
            asked = f"{host} asked to be left alone for another {span(until - now)}"
            raise reasons.failure(asked, status=429, held_until=until)

    async def _timed(self, place: Place, request: httpx.Request) -> Answer:
        limits, time = self._means.limits, asyncio.get_running_loop().time
        began = time()
        try:
            async with asyncio.timeout(limits.total - self._spent):
                return await exchange(self._means.clients, place, request, limits)
        except TimeoutError:
            host = request.url.raw_host.decode("ascii")
            raise reasons.failure(f"{host} wasn't done with its answer within {seconds(limits.total)}") from None
        except httpcore.ProxyError as error:
            shown = proxies.shown(place.proxy) if place.proxy else None
            raise reasons.broken(error, request.url.raw_host.decode("ascii"), shown) from None
        finally:
            self._spent += time() - began

    def _at_home(self, url: httpx.URL) -> bool:
        """True where the source's credentials may be sent: its own origin, or the same host turned to https."""
        if url.raw_host != self._home.raw_host:
            return False
        same = (url.scheme, url.port) == (self._home.scheme, self._home.port)
        return same or (self._home.scheme, self._home.port, url.scheme, url.port) == ("http", None, "https", None)

    def _response(self, url: httpx.URL, answer: Answer, permanent: httpx.URL | None, *, conditional: bool) -> Response:
        """The answer as the engine wants it. Raises FetchError for all that brings neither a document nor a 304."""
        now, found = self._means.clock.now(), answer.found
        if answer.status == 304 and not conditional:
            raise reasons.failure("the server says that nothing changed, without having been asked (304)", status=304)
        if answer.status != 304 and answer.status not in DOCUMENTS:
            error = reasons.refused(answer.status, found, now)
            if error.held_until is not None and answer.status in reasons.ASKS_TO_WAIT:
                private = self._home_private and url.raw_host == self._home.raw_host
                self._means.pace.hold(host_key(url, private=private), error.held_until, now)
            raise error
        content = answer.content
        if content is not None:
            _check_document(content, url)
            self._means.vouched[self._source.name] = str(url)
        leads = str(permanent) if permanent is not None else None
        return Response(
            status=answer.status,
            url=redact(str(url)),
            permanent_url=leads if leads is not None and redact(leads) == leads else None,
            content=content,
            etag=headers.validator(found.get("etag")),
            last_modified=headers.validator(found.get("last-modified")),
            content_type=found.get("content-type"),
            max_age=headers.max_age(found, now),
            body_hash=answer.body_hash,
            elapsed=self._spent,
            size=answer.raw,
            conditional=conditional,
            note=self._note,
        )


def _check_document(content: bytes, url: httpx.URL) -> None:
    """Raises FetchError for nothing at all and for a web page, which is what portals and login walls send."""
    start = content[:1024].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if not start and not content.strip():
        raise reasons.failure("the answer is empty")
    if start.startswith(HTML):
        raise reasons.failure(f"a web page, not a feed, at {url.raw_host.decode('ascii')}")
