"""The fields of a channel and of an entry, put where feedparser puts them: what `quick` does at the end of each.

What feedparser would change, or take for something else, raises `DoubtError`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from wirewatch.engine.parse import vocabulary
from wirewatch.engine.parse.vocabulary import DoubtError, looks_like_html

if TYPE_CHECKING:
    from collections.abc import Callable

_ABSOLUTE: Final = re.compile(r"https?://[^/?#\s;]+/[^\s;]*[^\s;?#]|(?:tag|urn):\S+")
_QUERY: Final = re.compile(r"&([A-Za-z0-9_]+);")


class Fields:
    """What was read so far, and what is open."""

    def __init__(self) -> None:
        self.channel: dict[str, Any] = {}
        self.entries: list[dict[str, Any]] = []
        self._kind = ""
        self._context = self.channel
        self._path: list[str] = []
        self._attributes: dict[str, str] = {}
        self._pieces: list[str] = []
        self._person: dict[str, str] | None = None
        self._based = False
        """Relative links are relative to something that the document says."""
        self._languages: list[str | None] = [None]
        self._full = False
        """The entry has had its whole text, so that a summary that comes now is one."""

    def _address(self, text: str) -> str:
        """A link as it stands. Raises DoubtError where feedparser would change it."""
        if ":///" in text:
            raise DoubtError("a link with too many slashes")
        if self._based and text and not _ABSOLUTE.fullmatch(text):
            raise DoubtError("a link that is relative to something")
        return text

    def _end_plain(self, meaning: str, text: str) -> None:
        self._context[vocabulary.KEYS.get(meaning, meaning.replace(":", "_"))] = text

    def _end_typed(self, meaning: str, text: str) -> None:
        """A title: the first that isn't empty counts."""
        context = self._context
        if dict.get(context, "title"):
            if context is self.channel:
                raise DoubtError("a channel with two titles")
            return
        context["title"] = text
        context["title_detail"] = self._detail(text, "text/plain")

    def _detail(self, text: str, default: str) -> dict[str, Any]:
        kind = vocabulary.TYPES[self._attributes["type"].lower()] if "type" in self._attributes else default
        if kind == "text/plain" and self._kind != "atom" and looks_like_html(text):
            kind = "text/html"
        language = self._attributes.get("xml:lang", self._attributes.get("lang", self._languages[-1]))
        return {"type": kind, "value": text, "language": language or ""}

    def _end_summary(self, meaning: str, text: str) -> None:
        """A summary; the second one without a whole text between is taken for the whole text."""
        context = self._context
        if "summary" in context and not self._full:
            self._full = True
            context.setdefault("content", []).append(self._detail(text, "text/plain"))
            return
        default = "text/html" if meaning.endswith("description") else "text/plain"
        context["summary"] = text
        context["summary_detail"] = self._detail(text, default)

    def _end_content(self, meaning: str, text: str) -> None:
        self._full = True
        detail = self._detail(text, "text/html" if meaning == "content:encoded" else "text/plain")
        self._context.setdefault("content", []).append(detail)
        self._context.setdefault("summary", text)

    def _end_caption(self, meaning: str, text: str) -> None:
        """The one that lies least deep counts, of several the last."""
        key = meaning.replace(":", "_")
        depth = len(self._path)
        depths = self._context.setdefault("depths", {})
        if depth <= depths.get(key, depth):
            depths[key] = depth
            self._context[key] = text

    def _end_link(self, meaning: str, text: str) -> None:
        if self._context is not self.channel:
            text = text.replace("&amp;", "&")
        text = _QUERY.sub(r"&\g<1>", self._address(text))
        link = {"rel": self._attributes.get("rel", "alternate").lower()}
        if text:
            link["href"] = text
        self._context.setdefault("links", []).append(link)
        self._context["link"] = text

    def _end_id(self, meaning: str, text: str) -> None:
        """A guid is the link too where nothing says otherwise."""
        if self._attributes.get("ispermalink", "true") == "true":
            self._context.setdefault("link", self._address(text))
        self._context["id"] = text

    def _end_license(self, meaning: str, text: str) -> None:
        self._context.setdefault("links", []).append({"rel": "license", "href": text})

    def _end_category(self, meaning: str, text: str) -> None:
        attributes = self._attributes
        tags = self._context.setdefault("tags", [])
        scheme = attributes.get("scheme", attributes.get("domain"))
        tag = {"term": attributes.get("term"), "scheme": scheme, "label": attributes.get("label")}
        if any(tag.values()) and tag not in tags:
            tags.append(tag)
        if text:
            if tags and not tags[-1]["term"]:
                tags[-1]["term"] = text
            elif (tag := {"term": text, "scheme": None, "label": None}) not in tags:
                tags.append(tag)

    def _end_keywords(self, meaning: str, text: str) -> None:
        tags = self._context.setdefault("tags", [])
        terms = () if self._attributes else text.split(",")
        tags.extend({"term": term.strip()} for term in terms if term.strip())

    def _end_of_person(self, meaning: str, text: str) -> None:
        assert self._person is not None  # noqa: S101 - the table of persons is asked for within one only
        if meaning in self._person:
            raise DoubtError("a person with two names")
        self._person[meaning] = text
        self._pieces.clear()

    def _end_person(self, text: str) -> None:
        """An author: a text, or a name and an address."""
        person, self._person = self._person, None
        assert person is not None  # noqa: S101 - it is one that ends
        authors = self._context["authors"]
        name, email = person.get("name"), person.get("email")
        if not person:
            if text:
                person["name"] = text
            self._context["author"] = text
        else:
            self._context["author"] = f"{name} ({email})" if name and email else name or email or ""
            if "name" not in person or text:
                raise DoubtError("an author without a name")
        if len(authors) > 1 and any("@" in part for author in authors for part in author.values()):
            raise DoubtError("several authors with addresses")


ENDS: Final[dict[str, Callable[[Fields, str, str], None]]] = {
    "plain": Fields._end_plain,  # noqa: SLF001 - a table of the class's own methods
    "typed": Fields._end_typed,  # noqa: SLF001
    "summary": Fields._end_summary,  # noqa: SLF001
    "content": Fields._end_content,  # noqa: SLF001
    "caption": Fields._end_caption,  # noqa: SLF001
    "link": Fields._end_link,  # noqa: SLF001
    "id": Fields._end_id,  # noqa: SLF001
    "license": Fields._end_license,  # noqa: SLF001
    "category": Fields._end_category,  # noqa: SLF001
    "keywords": Fields._end_keywords,  # noqa: SLF001
    "of person": Fields._end_of_person,  # noqa: SLF001
}
