"""Which piece is this? The identity of an item without comparing texts: guid, then address, then headline of the day.

A feed that loses its guids still gives addresses, one that changes both still gives headlines; so an item has up to
three keys, strongest first, and is known when any of them is. A guid shared by several items of one document says
nothing and is for the caller to leave out (`keys(item, guid=False)`).
"""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from wirewatch.clock import DAY
from wirewatch.stories.normal import plain

if TYPE_CHECKING:
    from wirewatch.model import Item

UNDATED = "undated"
LONGEST_KEY = 500
"""A longer guid or address is told by its hash: some feeds put whole articles into the guid."""

_TRACKING = re.compile(
    r"""(?xi)^(?:
      (?:utm|at|ns|mc|pk|mtm|matomo|piwik|hsa|vero|oly|trk|wt|itm|icid|ito|intcmp|cmp|cmpid|xtor|ocid|ncid|sref|smid|smtyp)(?:_.*)?
    | fbclid|gclid|gclsrc|dclid|msclkid|yclid|twclid|ttclid|igshid|igsh|mkt_tok|gbraid|wbraid|srsltid|_ga|_gl
    | _hsenc|_hsmi
    | ref|ref_src|ref_url|referrer|source|src|rss|feed|feedtype|partner|campaign|cid|cvid|ved|guccounter|guce_.*
    | share|shared|sharetype|soc_src|soc_trk|via|from|traffic_source|taid|wtrid|spm|s_cid|ftag|ftcamp|mod|emc
    | ex_cid|assetType
    | outputType|output|amp|amp_js_v|usqp|__twitter_impression|__source|nocache|_amp|isappinstalled
    | leadSource|embedded-checkout
    )$"""
)
_MOBILE = re.compile(r"^(?:www\d?|m|mobile|amp|touch|wap|edition\.m|amp-cdn)\.(?=[^.]+\.)")
_AMP_CACHE = re.compile(r"^(?P<host>[a-z0-9-]+)\.cdn\.ampproject\.org$")
_AMP_PATH = re.compile(r"(?:/amp(?:\.html?)?|\.amp(?:\.html?)?|/amp/)$", re.IGNORECASE)
_PLACE_IN_PAGE = re.compile(r"(?=.*\d.*\d)[\w:.,;-]{2,200}")
"""A fragment that names one entry of a page, as live pages and weblogs have them; no tracking, no `#comments`."""
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?)$", re.IGNORECASE)


def keys(item: Item, *, guid: bool = True) -> tuple[str, ...]:
    """The keys an item is known by, strongest first; never empty.

    `g:` source and guid, `u:` source and canonical address, `t:` source, normalised headline and UTC day when it was
    published; where that isn't known the headline alone, and the caller looks at the time between two.
    """
    found = []
    if guid and item.guid and item.guid.strip():
        found.append(f"g:{item.source}\0{_short(item.guid.strip())}")
    address = canonical_url(item.url) if item.url else ""
    if address and urlsplit(address).path.strip("/") + urlsplit(address).query:
        found.append(f"u:{item.source}\0{_short(address)}")
    found.append(_by_headline(item, 0))
    return tuple(found)


def keys_nearby(item: Item) -> tuple[str, ...]:
    """The headline's keys of the days before and after, which may have the same piece; none where it is undated."""
    return () if item.published is None else (_by_headline(item, -1), _by_headline(item, 1))


def _by_headline(item: Item, later: int) -> str:
    day = UNDATED if item.published is None else str(int(item.published // DAY) + later)
    return f"t:{item.source}\0{_short(plain(item.headline))}\0{day}"


def canonical_url(url: str) -> str:
    """One address for all the ways to the same page: for comparing, never for opening.

    Scheme, `www.` and mobile hosts, AMP (paths, parameters, Google's and Bing's caches), default ports, fragments,
    tracking parameters, `index.html` and the trailing slash go; the remaining parameters are sorted. A fragment
    that is a route (`#!/…`) or names an entry of a page (`#block-6412…`) stays. "" for what isn't an http address.
    """
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").rstrip(".").lower()
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme.lower() not in {"http", "https"} or not host:
        return ""
    path = parts.path
    cached = _AMP_CACHE.match(host)
    amp_viewer = (
        re.match(r"^/amp/s?/?(?P<rest>[^/]+\.[^/]+/.*)$", path) if host.endswith(("google.com", "bing.com")) else None
    )
    if cached:
        rest = re.match(r"^/(?:[a-z]/)?(?:s/)?(?P<host>[^/]+)(?P<path>/.*)?$", path)
        if rest:
            host, path = rest["host"].lower(), rest["path"] or "/"
    elif amp_viewer:
        host, _, tail = amp_viewer["rest"].partition("/")
        path = "/" + tail
    if not host.isascii():
        with suppress(UnicodeError):
            host = host.encode("idna").decode("ascii")
    host = _MOBILE.sub("", host)
    path = quote(unquote(path), safe="/%:@!$&'()*+,;=~-._")
    path = re.sub(r"/{2,}", "/", path)
    path = _INDEX.sub("/", _AMP_PATH.sub("", path))
    path = re.sub(r"^/amp(?=/)", "", path).rstrip("/")
    pairs = [
        (name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.match(name)
    ]
    query = urlencode(sorted(pairs))
    fragment = parts.fragment
    route = fragment if fragment.startswith(("!", "/")) or _PLACE_IN_PAGE.fullmatch(fragment) else ""
    where = host if port in {None, 80, 443} else f"{host}:{port}"
    return f"http://{where}{path}" + (f"?{query}" if query else "") + (f"#{route}" if route else "")


def content(item: Item) -> str:
    """A hash of what a reader would see change: headline, summary, body, status. White space doesn't count."""
    parts = (item.headline, item.summary or "", item.body or "", item.status or "")
    text = "\0".join(" ".join(part.split()) for part in parts)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _short(text: str) -> str:
    if len(text) <= LONGEST_KEY:
        return text
    return "#" + hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
