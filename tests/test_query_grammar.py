"""How a query is written, and what is said of one that isn't."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirewatch.errors import QueryError
from wirewatch.model import Flag, Item, Placed, Story
from wirewatch.query import parse
from wirewatch.query.words import cut, holds

NOW = 10_000.0


def placed(headline: str, source: str = "Reuters World News", **fields: object) -> Placed:
    item = Item("i1", source, headline, NOW - 600, **fields)  # type: ignore[arg-type]
    return Placed(item, "si1", "lead", flags=(Flag("exclusive", "tag", "headline", 0, 1, headline[:1]),))


def story(**fields: object) -> Story:
    plain = {"headline": "-", "lead": "i1", "source": "Reuters", "first_seen": NOW - 600, "updated": NOW - 600}
    return Story("si1", 1, **{**plain, "at": NOW - 600, **fields})  # type: ignore[arg-type]


XI = (
    placed("Exclusive: Xi Jinping to visit Moscow next week – sources", kind="agency", language="en-GB"),
    placed("Chinas Präsident reist nach Moskau", "Süddeutsche", language="de", summary="Das berichtet Reuters."),
    placed("习近平将于下周访问莫斯科", "新华网", language="zh-Hans", body="北京消息"),
)
ROW = story(outlets=3, items=3, priority=1, starred=True, flags=("exclusive", "update:2", "entity:Xi Jinping"))


@pytest.mark.parametrize(
    "query",
    [
        "",
        "  ",
        "xi",
        "XI moscow",
        "xi AND moscow",
        "putin or xi",
        "putin OR (xi and moscow)",
        '"visit moscow"',
        '"xi jinping to"',
        '"Xi, Jinping"',
        "mosc*",
        '"visit mos"*',
        "prasident",
        "PRÄSIDENT",
        "访问",
        "下周访问",
        "北京",
        "-putin",
        "not putin",
        "xi -putin",
        "xi not putin",
        "not (putin or kyiv)",
        "--xi",
        "xi or -xi",
        "headline:moscow",
        'headline:"to visit"',
        "headline:mosc*",
        "headline:/xi .* moscow/",
        "summary:reuters",
        "body:消息",
        "/vis[ia]t/",
        "/VISIT/",
        r"/\bXi\b/",
        r"/a\/b|moscow/",
        "source:reuters",
        'source:"world news"',
        "source:reut*",
        "source:suddeutsche",
        "source:(bbc or reuters)",
        "headline:(xi -putin)",
        "kind:agency",
        "KIND:Agency",
        "lang:en",
        "lang:en-gb",
        "lang:zh",
        "flag:exclusive",
        "flag:Exclusive",
        "flag:update",
        "flag:update:2",
        "flag:entity",
        'flag:"entity:xi jinping"',
        "entity:xi",
        'entity:"xi jinping"',
        "entity:jin*",
        "outlets:>2",
        "outlets:3",
        "outlets:>=3",
        "outlets:<4",
        "items:<=3",
        "priority:<=1",
        "priority:urgent",
        "priority:<=important",
        "age:<2h",
        "age:<=600s",
        "age:>9m",
        "age:<0.5h",
        "story:si",
        "story:SI1",
        "is:unread",
        "is:starred",
        "is:unread is:starred outlets:>2 (moscow or kyiv) -flag:kill",
        '"and"  or xi',
        "U.S or xi",
    ],
)
def test_a_query_that_is_met(query: str) -> None:
    assert parse(query).matches(ROW, XI, NOW)


@pytest.mark.parametrize(
    "query",
    [
        "putin",
        "mosco",
        "mosc",
        "xi putin",
        "-xi",
        "not xi",
        '"moscow visit"',
        '"week sources berichtet"',
        "xi -moscow",
        "headline:berichtet",
        "body:moscow",
        "source:bbc",
        "source:reu",
        "kind:press",
        "lang:fr",
        "lang:en-us",
        "flag:excl",
        "flag:updat",
        "entity:putin",
        "entity:ji",
        "keyword:xi",
        "outlets:>3",
        "outlets:2",
        "priority:>1",
        "priority:flash",
        "age:<10m",
        "age:>10m",
        "story:i1",
        "is:read",
        "is:unstarred",
        "/^moscow/",
        "访莫",
        "headline:/berichtet/",
    ],
)
def test_a_query_that_is_not_met(query: str) -> None:
    assert not parse(query).matches(ROW, XI, NOW)


@pytest.mark.parametrize(
    ("query", "column", "says"),
    [
        ("(", 1, "missing at the end"),
        ("xi (", 4, "missing at the end"),
        (")", 0, "missing before )"),
        ("xi)", 2, "closes nothing"),
        ("(xi", 0, "never closed"),
        ("xi and (moscow or (kyiv)", 7, "never closed"),
        ("()", 1, "missing before )"),
        ("xi and", 6, "missing at the end"),
        ("xi or", 5, "missing at the end"),
        ("or xi", 0, "missing before 'or'"),
        ("and", 0, "missing before 'and'"),
        ("xi or or moscow", 6, "missing before 'or'"),
        ("xi and or moscow", 7, "missing before 'or'"),
        ("not", 3, "missing at the end"),
        ("xi not", 6, "missing at the end"),
        ("xi -", 3, "right before"),
        ("- xi", 0, "right before"),
        ('"xi jinping', 0, "never closed"),
        ('moscow "xi', 7, "never closed"),
        ("/xi", 0, "never closed"),
        ("xi /(a/", 4, "regular expression can't be used"),
        (r"/(a)\1/", 1, "reference to a group"),
        ("/(?=a)b/", 1, "looking ahead"),
        ("/((a{9}){9}){9}/", 1, "too large"),
        (f"/{'(' * 900}a{')' * 900}/", 1, "nested too deeply"),
        ("/a{99999999999}/", 1, "repeats too often"),
        ("/a**/", 3, "multiple repeat"),
        (r"/\p{L}/", 1, "bad escape"),
        ("/a(?i)b/", 2, "not at the start"),
        ("sorce:reuters", 0, "did you mean 'source'?"),
        ("xi flags:exclusive", 3, "did you mean 'flag'?"),
        ("https://example.org", 0, "quotes make it text"),
        ("source:", 7, "wants something"),
        ("source: reuters", 7, "wants something"),
        ("kind:agncy", 5, "did you mean 'agency'?"),
        ("is:unred", 3, "did you mean 'unread'?"),
        ("priority:7x", 9, "0 to 4"),
        ("priority:<=urgnt", 9, "did you mean 'urgent'?"),
        ("outlets:many", 8, "outlets:>3"),
        ("outlets:>", 8, "wants a number"),
        ("age:2h", 4, "age:<2h"),
        ("age:<2", 4, "a unit"),
        ("age:<2y", 4, "s, m, h, d, w"),
        ("lang:english?", 5, "isn't a language code"),
        ("flag:/x/", 5, "takes no regular expression"),
        ('flag:""', 5, "name of a flag"),
        ("…", 0, "no letter or digit"),
        ("*", 0, "no letter or digit"),
        ("xi ***", 3, "no letter or digit"),
        ("m*scow", 0, "at its end only"),
        ("-" * 50 + "x", 41, "deep"),
        ("(" * 50 + "x", 41, "deep"),
        ("x " * 201, 400, "200 parts"),
        ("x" * 2001, 2000, "2,000 characters"),
    ],
)
def test_what_is_wrong_is_said_with_its_column(query: str, column: int, says: str) -> None:
    with pytest.raises(QueryError) as raised:
        parse(query)
    assert says in str(raised.value)
    assert raised.value.column == column


@given(st.text(max_size=60) | st.text(alphabet='ab -"()/:*\\<>=0not oris:agefl', max_size=40))
def test_any_text_is_read_or_refused_with_a_column_inside_it(text: str) -> None:
    query = refused = None
    try:
        query = parse(text)
    except QueryError as error:
        refused = error
    if query is None:
        assert refused is not None
        assert 0 <= refused.column <= len(text)
    else:
        query.matches(ROW, XI, NOW)
        query.sql(NOW)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("U.S. rate-hike, 25bp", "u s rate hike 25bp"),
        ("Łódź naïve Straße İstanbul", "lodz naive strasse istanbul"),
        ("5G手机在北京", "5g 手 机 在 北 京"),
        ("북한이", "북 한 이"),
        ("हिन्दी समाचार।", "हिन्दी समाचार"),
        ("العَرَبِيَّة", "العربية"),
        ("Ёлка Москва́", "елка москва"),
        ("snake_case", "snake case"),
        ("", ""),
        (None, ""),
    ],
)
def test_words_are_cut_alike_in_every_script(text: str | None, words: str) -> None:
    assert cut(text) == words


@given(st.text(max_size=80))
def test_cutting_twice_changes_nothing_and_leaves_no_syntax(text: str) -> None:
    words = cut(text)
    assert cut(words) == words
    assert all(part.isalnum() or any(ord(char) > 0x7F for char in part) for part in words.split(" ") if part)
    assert not set(words) & set('"*(){}:^+-\n\t')


def test_a_phrase_is_whole_words_unless_it_may_go_on() -> None:
    assert holds("fed hikes rates", "hikes rates")
    assert not holds("fed hikes rates", "hike")
    assert holds("fed hikes rates", "fed hik", prefix=True)
    assert not holds("fed hikes rates", "ikes", prefix=True)
