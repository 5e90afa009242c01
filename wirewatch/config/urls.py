"""What may stand in `url`: what can be polled, what is private, and how it is shown without its secrets."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit

from wirewatch.patterns import late

_GUARDED_NAMES = (
    r"(?i)(?:^|[_.-])(?:access|auth|authorization|code|hash|jwt|key|k|pass|passwd|password|pw|pwd|secret|session|sid|"
    r"sig|signature|sign|token|user|username|login)$|(?:key(?!word)|token|secret|passw(?:or)?d|signature|credential)"
)
"""Query parameters whose value is taken for a secret."""
HIDDEN = "…"
LONGEST = 2048
_CARRIER = ipaddress.ip_network("100.64.0.0/10")
_INSIDE = (".localhost", ".local", ".internal", ".lan", ".intranet", ".home.arpa")
"""Names that only a private network answers for (RFC 6761, 6762, 8375 and common use)."""
_LABEL = r"(?i)(?!-)[a-z0-9_-]{1,63}(?<!-)"
_PAIR = r"([?&;#])([^=&;#]*)=([^&;#]*)"
_USERINFO = r"(?<=//)[^/?#]*@"

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


def fault(url: str) -> str | None:
    """Why a URL can't be polled, as the rest of a sentence that names no secret; None when it can (FAULT 62)."""
    if not url:
        return "is empty"
    if url != url.strip():
        return "has spaces around it"
    if any(ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0 for char in url):
        return "holds a control character"
    if any(char.isspace() for char in url):
        return "holds a space; write it as %20"
    if len(url) > LONGEST:
        return f"is longer than {LONGEST} characters"
    scheme, separator, rest = url.partition(":")
    if scheme.casefold() not in {"http", "https"} or not separator:
        return "must begin with http:// or https://"
    if not rest.startswith("//"):
        return f"must begin with {scheme.casefold()}://"
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return "names no host that can be read"
    if not host:
        return "names no host"
    try:
        port = parts.port
    except ValueError:
        return "has a port that isn't a number from 1 to 65535"
    if port == 0:
        return "has a port that isn't a number from 1 to 65535"
    return _host_fault(host)


def _host_fault(host: str) -> str | None:
    if ":" in host:
        return None if address(host) else "names an IPv6 address that can't be read"
    labels = host.removesuffix(".").split(".")
    if any(label.startswith("xn--") and not _decodes(label) for label in labels):
        return "names a host whose xn-- part can't be decoded"
    if not host.isascii():
        try:
            labels = host.removesuffix(".").encode("idna").decode("ascii").split(".")
        except UnicodeError:
            return "names a host with letters that no host name may have"
    if sum(len(label) + 1 for label in labels) > 254:
        return "names a host of more than 253 characters"
    if not all(late(_LABEL).fullmatch(label) for label in labels):
        return "names a host that can't exist"
    if late(r"(?i)[0-9]+|0x[0-9a-f]*").fullmatch(labels[-1]) and not address(host):
        return "names an IP address that can't be read"
    return None


def _decodes(label: str) -> bool:
    try:
        letters = label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return False
    return not letters.isascii() and all(char.isprintable() or char in "\u200c\u200d" for char in letters)


def address(host: str) -> IPAddress | None:
    """The IP address that a host spells out, in any spelling that a resolver takes (`127.1`, `0x7f000001`)."""
    try:
        found: IPAddress = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        try:
            return ipaddress.IPv4Address(socket.inet_aton(host.removesuffix(".")))
        except (OSError, ValueError):
            return None
    return getattr(found, "ipv4_mapped", None) or found


def is_private(url: str) -> bool:
    """True when the URL itself names this machine or a private network, so that being there is what the user wants."""
    host = (urlsplit(url).hostname or "").removesuffix(".").casefold()
    literal = address(host)
    if literal is not None:
        return not literal.is_global or literal.is_multicast or (literal.version == 4 and literal in _CARRIER)
    return host == "localhost" or host.endswith(_INSIDE) or "." not in host


def redacted(url: str) -> str:
    """The URL without user, password and whatever looks like a token, for screens, logs and messages (FAULT 60)."""
    url = late(_USERINFO).sub(f"{HIDDEN}@", url, count=1)
    return late(_PAIR).sub(lambda pair: _hide(pair[1], pair[2], pair[3]), url)


def _hide(lead: str, name: str, value: str) -> str:
    return f"{lead}{name}={HIDDEN if value and late(_GUARDED_NAMES).search(name) else value}"


def has_secret(url: str) -> bool:
    """True when `redacted` would hide something."""
    return redacted(url) != url
