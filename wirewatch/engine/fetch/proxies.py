"""The proxy that the environment names (http_proxy, https_proxy, all_proxy, no_proxy), if any."""

from __future__ import annotations

import urllib.request

import httpx

from wirewatch.engine.fetch.reasons import failure


def from_environment(url: httpx.URL) -> str | None:
    """The URL of the proxy for a URL, None to connect without one."""
    found = urllib.request.getproxies()
    proxy = found.get(url.scheme) or found.get("all")
    if not proxy or urllib.request.proxy_bypass(url.host):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def read(proxy: str) -> httpx.URL:
    """A proxy's URL. Raises FetchError for kinds that can't be used."""
    try:
        url = httpx.URL(proxy)
    except (httpx.InvalidURL, ValueError, TypeError):
        raise failure("the proxy's address can't be read; see http_proxy in the environment") from None
    if url.scheme not in {"http", "https"} or not url.host:
        raise failure("only http and https proxies can be used; see http_proxy in the environment")
    return url


def shown(proxy: str) -> str:
    """Host and port of a proxy, without its credentials."""
    url = read(proxy)
    return f"{url.raw_host.decode('ascii')}:{url.port or (443 if url.scheme == 'https' else 80)}"
