"""The fetcher: from a source to a usable answer or to the reason why there is none."""

from __future__ import annotations

import asyncio
from functools import lru_cache
from typing import TYPE_CHECKING, Self

import httpcore
import httpx

from wirewatch import __version__
from wirewatch.clock import SystemClock
from wirewatch.engine.fetch import errand, proxies, reasons, urls
from wirewatch.engine.fetch.clients import Clients
from wirewatch.engine.fetch.limits import Limits
from wirewatch.engine.fetch.pace import Pace
from wirewatch.engine.fetch.redact import quiet_loggers
from wirewatch.engine.fetch.resolve import Resolver, system_lookup
from wirewatch.engine.fetch.transport import Transport
from wirewatch.engine.fetch.wire import Network
from wirewatch.errors import FetchError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Awaitable, Callable

    from wirewatch.clock import Clock
    from wirewatch.engine.fetch.clients import Place
    from wirewatch.engine.fetch.resolve import Lookup
    from wirewatch.engine.fetch.response import Response
    from wirewatch.model import Source

CONTACT = "https://github.com/wirewatch/wirewatch"
ACCEPT = b"application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"


def _meant(error: Exception, host: str, run: errand.Errand | None) -> FetchError:
    """What an error means. Made here, as a name for it where it is raised would keep all its frames alive."""
    failure = reasons.broken(error, host)
    failure.led_to = run.led_to if run is not None else None
    return failure


class Fetcher:
    """Fetches sources. Open it with `async with`; one for the whole engine, so that hosts are spared as a whole.

    contact: where the operator of a server finds out who asks; part of the User-Agent. lookup: blocking name lookup.
    proxy_for: the URL of the proxy for a URL, or None. sleep: waits between two requests to a host.
    """

    def __init__(
        self,
        *,
        limits: Limits | None = None,
        clock: Clock | None = None,
        contact: str = CONTACT,
        lookup: Lookup = system_lookup,
        ssl_context: ssl.SSLContext | None = None,
        proxy_for: Callable[[httpx.URL], str | None] = proxies.from_environment,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.limits = limits or Limits()
        self.clock = clock or SystemClock()
        self.pace = Pace(self.limits.in_flight, sleep=sleep)
        self.clients = Clients(self._build, most=self.limits.clients, idle=self.limits.keep_alive)
        self.proxy_for: Callable[[httpx.URL], str | None] = lru_cache(maxsize=2048)(proxy_for)
        self.vouched: dict[str, str] = {}
        """By source: the URL that its validators came from. To another URL's server they mean nothing."""
        self.asked: dict[str, tuple[httpx.URL, list[tuple[bytes, bytes]], httpx.Request]] = {}
        """By source: its last request, with what it was made of."""
        self.head: tuple[tuple[bytes, bytes], ...] = (
            (b"User-Agent", f"wirewatch/{__version__} (+{contact})".encode("ascii", "replace")),
            (b"Accept", ACCEPT),
            (b"Accept-Encoding", b"gzip"),
        )
        self._lookup = lookup
        self._tls = ssl_context

    async def __aenter__(self) -> Self:
        quiet_loggers()
        self._resolver = Resolver(self._lookup, limit=self.limits.lookup)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.clients.close()
        self._resolver.close()

    async def fetch(self, source: Source, *, etag: str | None = None, last_modified: str | None = None) -> Response:
        """The source's document, or word that it is unchanged. Raises FetchError (OfflineError), nothing else.

        The validators are those of the last `Response`, echoed as they came; None of either asks for the document
        whatever it is. Waits for its turn with the host first, which no time limit counts.
        """
        host = source.name
        run: errand.Errand | None = None
        try:
            start = urls.start(source.url)
            host = start.url.raw_host.decode("ascii")
            run = errand.Errand(self, source, start)
            return await run.run(etag, last_modified)
        except Exception as error:  # noqa: BLE001 - raised again as what it means
            # whatever a hostile server can make the libraries raise must stay that source's own trouble
            raise _meant(error, host, run) from None

    def hold(self, url: str, until: float) -> None:
        """No request to the host of a URL before `until` (wall time): for what is remembered from before a restart."""
        try:
            start = urls.start(url)
        except FetchError:
            return  # a source that can't be asked has no host to spare
        self.pace.hold(errand.host_key(start.url, private=start.private), until, self.clock.now())

    @property
    def tls(self) -> ssl.SSLContext:
        """The one TLS context: making one costs 40 ms and a megabyte. Certificates are always checked."""
        if self._tls is None:
            self._tls = httpx.create_ssl_context()
        return self._tls

    def _build(self, place: Place) -> Transport:
        limits = self.limits
        network = Network(
            self._resolver,
            private=place.private,
            proxy=proxies.shown(place.proxy) if place.proxy else None,
            eyeballs=limits.eyeballs,
        )
        if place.proxy is None:
            return Transport(
                httpcore.AsyncConnectionPool(
                    ssl_context=self.tls if place.scheme == "https" else None,
                    keepalive_expiry=limits.keep_alive,
                    network_backend=network,
                )
            )
        proxy = proxies.read(place.proxy)
        return Transport(
            httpcore.AsyncHTTPProxy(
                str(proxy.copy_with(userinfo=b"")),
                proxy_auth=(proxy.username, proxy.password) if proxy.userinfo else None,
                ssl_context=self.tls if place.scheme == "https" else None,
                proxy_ssl_context=self.tls if proxy.scheme == "https" else None,
                keepalive_expiry=limits.keep_alive,
                network_backend=network,
            )
        )
