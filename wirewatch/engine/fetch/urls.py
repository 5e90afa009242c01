"""URLs as they are asked for: read without trust, credentials taken out, redirects followed by rule."""

from __future__ import annotations

import base64
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

import httpx

from wirewatch.config.urls import is_private
from wirewatch.engine.fetch.reasons import failure

LONGEST = 8192


def read(url: str) -> httpx.URL:
    """A URL that can be asked for, without fragment. Raises FetchError."""
    try:
        found = httpx.URL(url)
        port, host = found.port, found.raw_host
    except (httpx.InvalidURL, ValueError, TypeError):  # UnicodeError and IDNA's errors are ValueErrors
        raise failure("the address can't be read") from None
    if found.scheme not in {"http", "https"}:
        raise failure("only http and https addresses can be asked")
    if not host or not (port is None or 0 < port < 65536) or len(found.raw_path) > LONGEST:
        raise failure("the address can't be read")
    return found.copy_with(fragment=None)


class Start(NamedTuple):
    """A configured URL, read."""

    url: httpx.URL
    """Without credentials."""
    authorization: bytes | None
    private: bool
    """It names this machine or a private network itself."""
    text: str


@lru_cache(maxsize=2048)
def start(url: str) -> Start:
    """A configured URL; read once, as every poll asks for it. Raises FetchError."""
    bare, authorization = take_credentials(read(url))
    return Start(bare, authorization, is_private(str(bare)), str(bare))


def take_credentials(url: httpx.URL) -> tuple[httpx.URL, bytes | None]:
    """The URL without user and password, and the Authorization header that they stand for (RFC 7617)."""
    if not url.userinfo:
        return url, None
    user, _, password = url.userinfo.partition(b":")
    pair = unquote_to_bytes(user) + b":" + unquote_to_bytes(password)
    return url.copy_with(userinfo=b""), b"Basic " + base64.b64encode(pair)


def target(url: httpx.URL, location: str) -> httpx.URL:
    """Where a redirect leads. Raises FetchError for anything but http and https (FAULT 42)."""
    try:
        # servers send UTF-8 where only ASCII is allowed; the header was read one character a byte
        found = location.encode("latin-1").decode("utf-8", "replace").strip()
        leads = url.join(found)
    except (httpx.InvalidURL, ValueError, TypeError):
        raise failure("redirects to an address that can't be read") from None
    if leads.scheme not in {"http", "https"}:
        raise failure(f"redirects to a {leads.scheme[:20]}: address, which is never followed")
    try:
        return read(str(leads.copy_with(userinfo=b"")))
    except (httpx.InvalidURL, ValueError, TypeError):
        raise failure("redirects to an address that can't be read") from None
