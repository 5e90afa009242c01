"""Writes an outlet's feed as its format has it: RSS 2.0, Atom, RSS 1.0 (RDF) or JSON Feed 1.1."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import formatdate
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from wirewatch.demo.pace import Pace
    from wirewatch.demo.wire import Outlet, Piece, Take

    Shown = Sequence[tuple[Piece, Take]]

CONTENT_TYPES = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "rdf": "application/rdf+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}
_PROLOG = '<?xml version="1.0" encoding="UTF-8"?>\n'


def title(outlet: Outlet) -> str:
    """What the feed calls itself; nobody shall take the demo for the news."""
    return f"{outlet.name} (demo)"


def link(outlet: Outlet, piece: Piece) -> str:
    """Where the piece claims to be read; an address that can't exist (RFC 2606)."""
    return f"{outlet.site}/2023/03/13/{piece.guid}"


def write(outlet: Outlet, shown: Shown, pace: Pace) -> bytes:
    """The feed's bytes: the same pieces give the same bytes, so that validators mean something."""
    return _WRITERS[outlet.format](outlet, shown, pace).encode("utf-8")


def broken(document: bytes) -> bytes:
    """The same feed from a careless server: bare ampersands, an HTML entity that XML hasn't got, no end tags."""
    text = document.decode("utf-8").replace("&amp;", "&").replace(": ", ":&nbsp;", 1)
    return text.replace("</channel>\n</rss>\n", "").encode("utf-8")


def _markup(take: Take) -> str:
    return "\n".join(f"<p>{escape(part, quote=False)}</p>" for part in take.body)


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(int(moment), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _tag(name: str, text: str | None, attributes: str = "") -> str:
    return f"<{name}{attributes}>{escape(text, quote=False)}</{name}>\n" if text else ""


def _rss(outlet: Outlet, shown: Shown, pace: Pace) -> str:
    items = "".join(
        "<item>\n"
        + _tag("title", take.headline)
        + _tag("link", link(outlet, piece))
        + _tag("guid", f"{outlet.id}:{piece.guid}", ' isPermaLink="false"')
        + _tag("pubDate", formatdate(int(pace.shown(piece.at)), usegmt=True))
        + _tag("dc:creator", piece.byline)
        + _tag("description", take.summary)
        + _tag("content:encoded", _markup(take))
        + "</item>\n"
        for piece, take in shown
    )
    return (
        f'{_PROLOG}<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/">\n<channel>\n'
        + _tag("title", title(outlet))
        + _tag("link", outlet.site)
        + _tag("description", f"{outlet.name}: part of the wire that wirewatch brings along for its demo")
        + _tag("language", outlet.language)
        + f"{items}</channel>\n</rss>\n"
    )


def _atom(outlet: Outlet, shown: Shown, pace: Pace) -> str:
    entries = "".join(
        f'<entry xml:lang="{piece.language}">\n'
        + _tag("title", take.headline)
        + f'<link rel="alternate" href="{link(outlet, piece)}"/>\n'
        + _tag("id", f"tag:{outlet.id}.example,2023:{piece.guid}")
        + _tag("published", _iso(pace.shown(piece.at)))
        + _tag("updated", _iso(pace.shown(take.at)))
        + (f"<author>{_tag('name', piece.byline).strip()}</author>\n" if piece.byline else "")
        + _tag("summary", take.summary)
        + _tag("content", _markup(take), ' type="html"')
        + "</entry>\n"
        for piece, take in shown
    )
    newest = max((pace.shown(take.at) for _, take in shown), default=pace.started)
    return (
        f'{_PROLOG}<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{outlet.language}">\n'
        + _tag("title", title(outlet))
        + _tag("id", f"tag:{outlet.id}.example,2023:feed")
        + f'<link rel="alternate" href="{outlet.site}"/>\n'
        + _tag("updated", _iso(newest))
        + f"{entries}</feed>\n"
    )


def _rdf(outlet: Outlet, shown: Shown, pace: Pace) -> str:
    places = "".join(f'<rdf:li rdf:resource="{link(outlet, piece)}"/>\n' for piece, _ in shown)
    items = "".join(
        f'<item rdf:about="{link(outlet, piece)}">\n'
        + _tag("title", take.headline)
        + _tag("link", link(outlet, piece))
        + _tag("dc:date", _iso(pace.shown(piece.at)))
        + _tag("dc:creator", piece.byline)
        + _tag("description", take.summary)
        + _tag("content:encoded", _markup(take))
        + "</item>\n"
        for piece, take in shown
    )
    return (
        f'{_PROLOG}<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">\n'
        f'<channel rdf:about="{outlet.site}">\n'
        + _tag("title", title(outlet))
        + _tag("link", outlet.site)
        + _tag("description", f"{outlet.name}: part of the demo")
        + _tag("dc:language", outlet.language)
        + f"<items><rdf:Seq>\n{places}</rdf:Seq></items>\n</channel>\n{items}</rdf:RDF>\n"
    )


def _json(outlet: Outlet, shown: Shown, pace: Pace) -> str:
    items = [
        {
            "id": f"{outlet.id}:{piece.guid}",
            "url": link(outlet, piece),
            "title": take.headline,
            **({"summary": take.summary} if take.summary else {}),
            "content_html": _markup(take),
            "date_published": _iso(pace.shown(piece.at)),
            "date_modified": _iso(pace.shown(take.at)),
            "language": piece.language,
            **({"authors": [{"name": piece.byline}]} if piece.byline else {}),
        }
        for piece, take in shown
    ]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": title(outlet),
        "home_page_url": outlet.site,
        "language": outlet.language,
        "items": items,
    }
    return json.dumps(feed, ensure_ascii=False, indent=1) + "\n"


_WRITERS: dict[str, Callable[[Outlet, Shown, Pace], str]] = {"rss": _rss, "atom": _atom, "rdf": _rdf, "json": _json}
