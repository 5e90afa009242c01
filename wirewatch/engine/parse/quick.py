"""The short way through a feed that is just as it should be: one pass of expat, a small part of feedparser's cost.

It gives entries of the shape that feedparser gives, and answers as feedparser would, or not at all: whatever this
module isn't sure of raises `DoubtError`, and feedparser reads the document. `tests/test_parse_quick.py` holds the two
beside each other over every document of the corpora.
"""

from __future__ import annotations

from typing import Any, Final
from xml.parsers import expat

from wirewatch.engine.parse import vocabulary
from wirewatch.engine.parse.fields import ENDS, Fields
from wirewatch.engine.parse.vocabulary import DoubtError, said, says_nothing

ITEMS_MOST: Final = 500
DEPTH_MOST: Final = 32
ATTRIBUTES_MOST: Final = 60
_ROOTS: Final = {"rss": "rss", "rdf:RDF": "rdf", "feed": "atom"}


def read(content: bytes) -> tuple[dict[str, Any], list[dict[str, Any]], list[tuple[int, int]]]:
    """The channel, the entries and where each stands, of a UTF-8 document that begins with its root element.

    Raises DoubtError.
    """
    reader = _Reader()
    try:
        reader.parser.Parse(content, True)
    except expat.ExpatError as error:
        raise DoubtError("not well-formed") from error
    finally:
        reader.release()
    spans = [(start, content.index(b">", end) + 1) for start, end in zip(reader.starts, reader.ends, strict=True)]
    return reader.channel, reader.entries, spans


class _Reader(Fields):
    """Handlers of expat over one document. What lies deeper than a field is passed over or doubted."""

    def __init__(self) -> None:
        super().__init__()
        self.starts: list[int] = []
        self.ends: list[int] = []
        """Where the tags that begin and end each entry begin."""
        self._field: str | None = None
        """What the open element of the channel, entry or person is to us; its text is being gathered."""
        self._tags = 0
        """How many elements are open inside a guid."""
        self._passing = 0
        """How many elements are open that say nothing to us."""
        self._whole = False
        """Whether all that lies inside is passed over, or only what is of no vocabulary that feedparser knows."""
        self._prefixes = {"": "", "xml": "xml"}
        """What each declared prefix stands for."""
        self._meanings: dict[str, str] = {}
        self._described = False
        """The channel has a summary."""
        self.parser = parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._pieces.append

    def release(self) -> None:
        """Parts the parser from the handlers, so that neither keeps the other until the next collection."""
        self.parser.StartElementHandler = self.parser.EndElementHandler = self.parser.CharacterDataHandler = None

    # -- names

    def _meaning(self, name: str) -> str:
        """An element's name in lower case, with the usual prefix of its vocabulary. Raises DoubtError."""
        meaning = self._meanings.get(name)
        if meaning is None:
            prefix, _, local = name.rpartition(":")
            usual = self._prefixes.get(prefix)
            if usual is None:
                raise DoubtError("a prefix that isn't declared")
            meaning = f"{usual}:{local}".lower() if usual else local.lower()
            self._meanings[name] = meaning
        return meaning

    def _declare(self, attributes: dict[str, str]) -> dict[str, str]:
        """The attributes in lower case without namespaces, which are taken note of. Raises DoubtError."""
        if len(attributes) > ATTRIBUTES_MOST:
            raise DoubtError("many attributes")
        kept: dict[str, str] = {}
        for name, value in attributes.items():
            if name.startswith("xmlns:"):
                self._declare_prefix(name[6:], value)
            elif name == "xmlns":
                if value != vocabulary.DEFAULT[self._kind]:
                    raise DoubtError("another vocabulary inside")
            else:
                kept[name.lower()] = value
        for name in kept:
            if ":" in name and name.partition(":")[0] not in self._prefixes:
                raise DoubtError("a prefix that isn't declared")
        if "xml:base" in kept or "base" in kept:
            self._based = True
        return kept

    def _declare_prefix(self, prefix: str, uri: str) -> None:
        """Takes note of what a prefix stands for; one that feedparser doesn't know stands for itself."""
        low = uri.lower()
        usual = vocabulary.USUAL.get(low, prefix.lower()) if "backend.userland.com/rss" not in low else ""
        if usual == "atom":
            usual = ""
            if self._kind == "rdf":
                raise DoubtError("an Atom prefix decides how feedparser takes RDF")
        elif not usual or not uri or (usual == "media" and prefix != "media"):
            raise DoubtError("a vocabulary under an unusual prefix")
        if self._prefixes.setdefault(prefix, usual) != usual:
            raise DoubtError("a prefix for two vocabularies")

    # -- elements

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        depth = len(self._path)
        self._path.append(name)
        if depth == 0:
            self._begin(name, attributes)
            return
        if depth > DEPTH_MOST:
            raise DoubtError("deep nesting")
        meaning = self._meanings.get(name)
        if attributes or meaning is None:
            attributes = self._declare(attributes)
            meaning = self._meaning(name)
        if self._passing:
            self._pass(meaning, attributes)
        elif self._person is not None:
            if "".join(self._pieces).strip() and self._field is None:
                raise DoubtError("an author with text and names")
            if self._field is not None:
                raise DoubtError("markup inside a name")
            if meaning not in vocabulary.PERSON and ":" not in meaning:
                raise DoubtError("an author with something else inside")
            self._open(vocabulary.PERSON.get(meaning), meaning, attributes)
        elif self._field == "id" and not attributes and self._attributes.get("ispermalink") == "false":
            self._tags += 1  # such a guid is whatever stands there (feedparser drops it)
            self._pieces.append(f"<{name}>")
        elif self._field is not None:
            raise DoubtError("markup inside a text")
        elif meaning in ("item", "entry"):
            self._begin_entry(depth, meaning, attributes)
        elif self._context is self.channel:
            if meaning == "channel" and depth == 1 and self._kind != "atom":
                if not attributes.keys().isdisjoint(("href", "lastmod")) or self.entries:
                    raise DoubtError("a channel of another kind")
                self._languages.append(attributes.get("xml:lang", attributes.get("lang", self._languages[-1])) or None)
            elif depth == 1 and (
                self._kind == "rss" or (self._kind == "rdf" and vocabulary.CHANNEL.get(meaning) != "pass")
            ):
                raise DoubtError("something outside the channel")
            else:
                self._open(vocabulary.CHANNEL.get(meaning), meaning, attributes)
        else:
            self._open(vocabulary.ENTRY.get(meaning), meaning, attributes)

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        self._kind = _ROOTS.get(name, "")
        if not self._kind or attributes.get("xmlns", "") != vocabulary.DEFAULT[self._kind]:
            raise DoubtError("not RSS 2.0, RSS 1.0 or Atom 1.0 by the book")
        # what a prefix means must be known before the others are looked at
        attributes = dict(sorted(attributes.items(), key=lambda pair: not pair[0].startswith("xmlns")))
        attributes = self._declare(attributes)
        if self._kind == "rdf" and "rdf" not in self._prefixes:
            raise DoubtError("an RDF that isn't")
        language = attributes.get("xml:lang", attributes.get("lang")) or None
        self._languages.append(language)
        if language and self._kind != "rdf":
            self.channel["language"] = language

    def _begin_entry(self, depth: int, meaning: str, attributes: dict[str, str]) -> None:
        at = 2 if self._kind == "rss" else 1
        if depth != at or self._context is not self.channel or (meaning == "entry") != (self._kind == "atom"):
            raise DoubtError("an entry where none belongs")
        if len(self.entries) == ITEMS_MOST:
            raise DoubtError("an endless feed")
        if not attributes.keys().isdisjoint(("href", "lastmod")):
            raise DoubtError("an entry of another kind")
        self._context = {}
        self._full = False
        self.entries.append(self._context)
        self.starts.append(self.parser.CurrentByteIndex)
        self._languages.append(attributes.get("xml:lang", attributes.get("lang", self._languages[-1])) or None)
        about = attributes.get("rdf:about")
        if about:
            if self._kind != "rdf":
                raise DoubtError("an entry of another kind")
            self._context["id"] = about

    def _pass(self, meaning: str, attributes: dict[str, str]) -> None:
        """An element inside one that says nothing: fine where it says nothing either."""
        self._passing += 1
        if self._whole:
            if meaning in ("item", "entry"):
                raise DoubtError("an entry where none belongs")
            return
        kind = vocabulary.ENTRY.get(meaning)
        if kind == "caption" and not attributes:
            # the caption of a picture, read although it lies deeper
            self._passing = 0
            self._open(kind, meaning, attributes)
        elif kind is not None or not says_nothing(meaning):
            raise DoubtError("a field inside something else")

    def _open(self, kind: str | None, meaning: str, attributes: dict[str, str]) -> None:
        """Begins a field, or passes over what isn't one."""
        if kind is None or kind in ("pass", "doubt"):
            if kind == "doubt" or (kind is None and not says_nothing(meaning)):
                raise DoubtError(f"an element that isn't known: {meaning}")
            self._passing = 1
            self._whole = kind == "pass"
            return
        if kind == "text":  # a text of no interest, but one that markup would be part of
            self._field = kind
            if meaning.endswith(("summary", "description")) and self._described:
                raise DoubtError("two summaries of a channel: feedparser would take the first entry's for its body")
            self._described |= meaning.endswith("summary")
        elif kind == "person":
            self._person = {}
            self._context.setdefault("authors", []).append(self._person)
            self._field = None
        elif kind == "link" and self._is_attribute(attributes):
            self._linked(attributes)
            self._passing, self._whole = 1, False
            return
        else:
            if kind == "typed" or kind == "summary" or kind == "content":
                if (
                    attributes.get("type", "text").lower() not in vocabulary.TYPES
                    or "mode" in attributes
                    or "src" in attributes
                ):
                    raise DoubtError("a text of another type")
            elif kind == "enclosure":
                href = attributes.get("url", attributes.get("uri", attributes.get("href")))
                self._context.setdefault("links", []).append({"rel": "enclosure", "href": href or ""})
                self._passing, self._whole = 1, False
                return
            elif kind == "plain" and attributes and self._context is self.channel:
                raise DoubtError("a plain field with attributes")
            self._field = kind
        self._attributes = attributes
        self._pieces.clear()

    def _is_attribute(self, attributes: dict[str, str]) -> bool:
        """Whether a link is an attribute. RSS can have another network's address there beside the page's in the text,
        where feedparser takes the wrong one.
        """
        if self._kind == "rss" and attributes.keys() == {"uri"} and not attributes["uri"].startswith("http"):
            return False
        return not attributes.keys().isdisjoint(("href", "url", "uri"))

    def _linked(self, attributes: dict[str, str]) -> None:
        """A link that is an attribute."""
        if "url" in attributes or "uri" in attributes:
            raise DoubtError("a link of another kind")
        rel = attributes.get("rel", "alternate").lower()
        kind = attributes.get("type", "application/atom+xml" if rel == "self" else "text/html").lower()
        href = self._address(attributes["href"])
        if vocabulary.WINDOWS.search(href):
            raise DoubtError("control characters in a link")
        self._context.setdefault("links", []).append({"rel": rel, "href": href})
        if rel == "alternate" and vocabulary.TYPES.get(kind, kind) in ("text/html", "application/xhtml+xml"):
            self._context["link"] = href

    def _end(self, name: str) -> None:
        self._path.pop()
        if self._passing:
            self._passing -= 1
            return
        if self._tags:
            self._tags -= 1
            self._pieces.append(f"</{name}>")
            return
        kind = self._field
        if kind is not None:
            self._field = None
            if kind == "text":
                self._pieces.clear()
            else:
                meaning = self._meanings[name]
                ENDS[kind](self, meaning, said(self._pieces))
            if kind == "caption" and self._below():
                self._passing = len(self._path) - self._depth_of_entry()
            return
        if self._person is not None:
            self._end_person(said(self._pieces))
            return
        depth = len(self._path)
        if self._context is not self.channel:
            self.ends.append(self.parser.CurrentByteIndex)
            self._context = self.channel
            self._languages.pop()
        elif depth == 1 and self._kind != "atom":
            self._languages.pop()

    def _depth_of_entry(self) -> int:
        return 3 if self._kind == "rss" else 2

    def _below(self) -> bool:
        return self._context is not self.channel and len(self._path) > self._depth_of_entry()
