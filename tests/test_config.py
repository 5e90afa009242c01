"""What a user may write in config.toml, and what is said about what they may not."""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.shared import shared
from wirewatch import config
from wirewatch.config import Config, Entity, Watch, urls
from wirewatch.config.read import examine
from wirewatch.errors import ConfigError, Exit
from wirewatch.model import Source

FIVE_LINES = """\
[watch]
keywords = ["Exclusive", "ceasefire", "rate hike"]
entities = ["Xi Jinping", "Vladimir Putin"]

[[source]]
name = "BBC World"
url = "https://feeds.bbci.co.uk/news/world/rss.xml"
"""
SOURCE = '[[source]]\nname = "A"\nurl = "https://a.example/feed"\n'


def problems(text: str) -> list[tuple[int, str, str]]:
    """Line, key and message of everything wrong with a text."""
    with pytest.raises(ConfigError) as caught:
        config.parse(text, file="config.toml")
    assert all(problem.file == "config.toml" for problem in caught.value.problems)
    return [(problem.line, problem.key, problem.message) for problem in caught.value.problems]


def test_the_usual_thing_takes_seven_lines() -> None:
    found = config.parse(FIVE_LINES, file="x")
    assert found.watch == Watch(("Exclusive", "ceasefire", "rate hike"), ("Xi Jinping", "Vladimir Putin"))
    assert found.sources == (Source("BBC World", "https://feeds.bbci.co.uk/news/world/rss.xml"),)


def test_every_table_is_optional() -> None:
    assert config.parse("", file="x") == Config()


def test_every_key_arrives_where_it_belongs() -> None:
    found = config.parse(
        SOURCE
        + """
        kind = "agency"
        language = "pt-BR"
        every = "1h30m"
        tags = ["a", "b"]
        [[entity]]
        name = "Xi Jinping"
        aliases = ["Xi", "习近平"]
        not = ["Pius XI"]
        context = ["China"]
        [stories]
        preset = "broad"
        semantic = true
        [desk]
        theme = "nord"
        browser = "lynx"
        mark_read_after = "500s"
        [store]
        keep_days = 7.5
        keep_stories = 1000
        [keys]
        open = "o,ctrl+o"
        help = ["question_mark", "f1"]
        """,
        file="x",
    )
    assert found.sources == (Source("A", "https://a.example/feed", "agency", "pt-BR", 5400.0, ("a", "b")),)
    assert found.entities == (Entity("Xi Jinping", ("Xi", "习近平"), ("Pius XI",), ("China",)),)
    assert (found.stories.preset, found.stories.semantic) == ("broad", True)
    assert (found.desk.theme, found.desk.browser, found.desk.mark_read_after) == ("nord", "lynx", 500.0)
    assert (found.store.keep_days, found.store.keep_stories) == (7.5, 1000)
    assert found.keys == {"open": "o,ctrl+o", "help": "question_mark,f1"}


def test_an_entity_with_a_table_is_watched_whether_it_is_listed_or_not() -> None:
    text = '[watch]\nentities = ["NATO", "Xi Jinping"]\n' + "".join(
        f'[[entity]]\nname = "{name}"\n' for name in ("Xi Jinping", "OPEC")
    )
    assert config.parse(text, file="x").watch.entities == ("NATO", "Xi Jinping", "OPEC")


def test_all_problems_are_named_at_once_with_line_key_and_nearest_right_key() -> None:
    found = problems(
        """\
[watch]
keywords = ["Exclusive",
  7]
entites = ["Xi Jinping"]

[[source]]
name = "A"
url = "https://a.example/"

[[source]]
name = "a"
urll = "https://b.example/"
interval = "5m"
every = 30
kind = "agncy"

[stories]
preset = "brod"
semantic = "yes"

[wacth]
keywords = ["x"]
"""
    )
    assert [(line, key) for line, key, _ in found] == [
        (3, "watch.keywords[2]"),
        (4, "watch.entites"),
        (10, "source[2].url"),
        (11, "source[2].name"),
        (12, "source[2].urll"),
        (13, "source[2].interval"),
        (14, "source[2].every"),
        (15, "source[2].kind"),
        (18, "stories.preset"),
        (19, "stories.semantic"),
        (21, "wacth"),
    ]
    said = {key: message for _, key, message in found}
    assert "did you mean 'entities'?" in said["watch.entites"]
    assert said["source[2].url"] == "is missing"
    assert "already the name of the source on line 7" in said["source[2].name"]
    assert "did you mean 'url'?" in said["source[2].urll"]
    assert "did you mean 'every'?" in said["source[2].interval"]
    assert "'30s'" in said["source[2].every"]
    assert "did you mean 'agency'?" in said["source[2].kind"]
    assert "did you mean 'broad'?" in said["stories.preset"]
    assert said["stories.semantic"] == "must be true or false, not the text 'yes'"
    assert "did you mean 'watch'?" in said["wacth"]


@pytest.mark.parametrize(
    ("text", "line", "key", "words"),
    [
        ('keywords = ["x"]', 1, "keywords", "belongs under [watch]"),
        ('[watch]\nurl = "x"', 2, "watch.url", "belongs under [[source]]"),
        ('[source]\nname = "A"\nurl = "https://a.example/"', 1, "source", "written [[source]], in double brackets"),
        ("[[watch]]\nkeywords = []", 1, "watch", "one table, written [watch]"),
        ("watch = 3", 1, "watch", "one table"),
        ("source = [1]", 1, "source[1]", "must be a table"),
        ("keys = 1", 1, "keys", "one table"),
        ("[alerts]\nbell = true", 2, "alerts.bell", "unknown key"),
        ("[alerts]\nbugdet = 3", 2, "alerts.bugdet", "did you mean 'budget'?"),
        ("[alerts]\nbudget = 0", 2, "alerts.budget", "from 1 to 600"),
        ("[alerts]\nbudget = true", 2, "alerts.budget", "whole number"),
        ('[alerts]\nquiet = "9 to 5"', 2, "alerts.quiet", "hours of the day such as '22:00-06:30'"),
        ('[alerts]\nquiet = ["22:00-23:00", "7:00-7:00"]', 2, "alerts.quiet[2]", "hours of the day"),
        ('[alerts]\nquiet_level = "urgnt"', 2, "alerts.quiet_level", "did you mean 'urgent'?"),
        ('[alerts]\nzone = "Europe/Berln"', 2, "alerts.zone", "did you mean 'Europe/Berlin'?"),
        ('[alerts]\nchannels = ["bell", "dekstop"]', 2, "alerts.channels[2]", "did you mean 'desktop'?"),
        ('[alerts]\nchannels = ["hook"]', 2, "alerts.channels", "`hook` isn't set"),
        ('[alerts]\nchannels = ["notify"]', 2, "alerts.channels", "`notify` isn't set"),
        ('[alerts]\nsound = "gong"', 2, "alerts.sound", "bell, alarm, none"),
        ('[alerts]\nhook = "notify-send {headline}"', 2, "alerts.hook", "a program and its arguments"),
        ('[alerts]\nhook = ["send", "{headlin}"]', 2, "alerts.hook[2]", "did you mean {headline}?"),
        ('[alerts]\nhook = ["{url}"]', 2, "alerts.hook[1]", "can't be a field"),
        ("[alerts]\nhook = []", 2, "alerts.hook", "is empty"),
        ('[alerts]\nhook_timeout = "5m"', 2, "alerts.hook_timeout", "from '0.1s' to '60s'"),
        ("[alerts]\ngrow = [5, 1]", 2, "alerts.grow[2]", "number of outlets"),
        ('[alerts]\nnotify = ["slack"]', 2, "alerts.notify[1]", "address that apprise knows"),
        ('[[rule]]\nname = "a"\nmatch = "b"\nchannel = "bel"', 4, "rule[1].channel", "did you mean 'bell'?"),
        ('[watch]\nkeywords = "Exclusive"', 2, "watch.keywords", 'put it in brackets: ["Exclusive"]'),
        ('[watch]\nkeywords = [""]', 2, "watch.keywords[1]", "is empty"),
        ('[watch]\nkeywords = ["a\\u001bb"]', 2, "watch.keywords[1]", "can't be shown"),
        ('[watch]\nkeywords = ["a\\u202eb"]', 2, "watch.keywords[1]", "can't be shown"),
        (SOURCE + 'every = "0.5s"', 4, "source[1].every", "at least '1s'"),
        (SOURCE + 'every = "8d"', 4, "source[1].every", "at most '7d'"),
        (SOURCE + 'every = "soon"', 4, "source[1].every", "not 'soon'"),
        (SOURCE + "every = 1979-05-27", 4, "source[1].every", "not a date"),
        (SOURCE + 'language = "English!"', 4, "source[1].language", "such as 'en'"),
        (SOURCE + "tags = 1", 4, "source[1].tags", "a list of texts"),
        (SOURCE + 'kind = ["web"]', 4, "source[1].kind", "not a list"),
        ("[[entity]]\naliases = []", 1, "entity[1].name", "is missing"),
        ('[[entity]]\nname = "Xi"\nexclude = ["x"]', 3, "entity[1].exclude", "did you mean 'not'?"),
        ("[store]\nkeep_days = 0", 2, "store.keep_days", "more than 0"),
        ("[store]\nkeep_days = true", 2, "store.keep_days", "a number of days"),
        ("[store]\nkeep_stories = 1.5", 2, "store.keep_stories", "whole number"),
        ('[desk]\nmark_read_after = "often"', 2, "desk.mark_read_after", "or 'never'"),
        ('[keys]\nopen = "o"\nstar = "s,o"', 3, "keys.star", "'o' is already bound to open on line 2"),
        ('[keys]\nopen = "ctl+o"', 2, "keys.open", "must be a key"),
        ('[keys]\n"Open It" = "o"', 2, 'keys."Open It"', "isn't the name of a command"),
        ("a = " + "[" * 5000 + "]" * 5000, 1, "", "nested too deeply"),
        ("[store]\nkeep_stories = " + "9" * 5000, 1, "", "can't be read"),
    ],
)
def test_one_wrong_thing_is_named_in_its_line(text: str, line: int, key: str, words: str) -> None:
    ((found_line, found_key, message),) = problems(text)
    assert (found_line, found_key) == (line, key)
    assert words in message


def test_the_problem_of_a_value_in_a_later_line_of_a_list_is_named_in_that_line() -> None:
    text = '[watch]\nkeywords = [\n  "a",\n  # a remark, with ] in it\n  "b", 3,\n]\n'
    assert problems(text)[0][:2] == (5, "watch.keywords[3]")


def test_every_wrong_element_of_a_list_is_named() -> None:
    text = '[watch]\nkeywords = [\n  1,\n  "a",\n  "",\n]\n'
    assert [(line, key) for line, key, _ in problems(text)] == [(3, "watch.keywords[1]"), (5, "watch.keywords[3]")]


def test_a_hundred_wrong_sources_are_a_hundred_problems() -> None:
    text = "".join(f'[[source]]\nname = "S{number}"\nurl = "ftp://x"\n' for number in range(100))
    assert [line for line, _, _ in problems(text)] == [3 * number + 3 for number in range(100)]


def test_a_literal_keyword_may_look_like_a_pattern() -> None:
    assert config.parse("[watch]\nkeywords = ['(a+)+$', 'C++']", file="x").watch.keywords == ("(a+)+$", "C++")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1s", 1.0), ("30s", 30.0), ("5m", 300.0), ("1h", 3600.0), ("1.5h", 5400.0), ("1h 30m", 5400.0), ("7d", 604800.0)],
)
def test_a_time_has_its_unit(text: str, seconds: float) -> None:
    assert config.parse(SOURCE + f'every = "{text}"', file="x").sources[0].every == seconds


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8000/feed",
        "http://localhost/feed",
        "http://feeds.localhost:1/x",
        "http://[::1]:8000/",
        "http://[::ffff:10.0.0.1]/",
        "http://10.1.2.3/",
        "http://172.16.0.1/",
        "http://192.168.0.1/",
        "http://169.254.169.254/",
        "http://100.64.0.1/",
        "http://[fd00::1]/",
        "http://0.0.0.0/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://127.1/",
        "http://wire.local/",
        "http://newsroom/feed",
    ],
)
def test_a_source_on_a_private_address_is_marked_private(url: str) -> None:
    assert config.parse(f'[[source]]\nname = "A"\nurl = "{url}"', file="x").sources[0].private


@pytest.mark.parametrize(
    "url",
    [
        "https://feeds.example/x",
        "HTTPS://Feeds.Example:443/x?y=z#w",
        "https://8.8.8.8/",
        "https://[2606:4700::1111]/",
        "https://xn--bcher-kva.example/",
        "https://bücher.example/",
        "https://host_with_underscore.example./",
        "https://user:secret@feeds.example/x?token=abc",
        "https://localhost.example/",
    ],
)
def test_a_public_address_is_taken_as_it_stands(url: str) -> None:
    (source,) = config.parse(f'[[source]]\nname = "A"\nurl = "{url}"', file="x").sources
    assert source.url == url
    assert not source.private


def test_an_address_is_shown_without_its_secrets() -> None:
    assert urls.redacted("https://me:pa55@h.example/a?x=1&token=abc&api_key=d#t") == (
        "https://…@h.example/a?x=1&token=…&api_key=…#t"
    )
    assert urls.redacted("https://h.example/?keyword=oil&type=8-K") == "https://h.example/?keyword=oil&type=8-K"


def test_the_default_configuration_is_right_and_about_forty_sources_large() -> None:
    found = config.parse(config.default_text(), file="config.toml")
    assert 35 <= len(found.sources) <= 50
    assert {source.kind for source in found.sources} == {"agency", "web", "press", "official"}
    languages = {source.language for source in found.sources}
    assert languages >= {"ar", "de", "en", "es", "fr", "it", "ja", "pl", "pt", "ru"}
    assert found.watch.keywords
    assert {entity.name for entity in found.entities} <= set(found.watch.entities)
    assert not any(source.private or urls.has_secret(source.url) for source in found.sources)


def test_the_default_configuration_says_the_defaults() -> None:
    found = config.parse(config.default_text(), file="config.toml")
    assert (found.stories, found.desk, found.store) == (Config().stories, Config().desk, Config().store)


def test_the_sources_offered_as_remarks_are_right_too() -> None:
    lines = config.default_text().splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("# More to choose from"))
    text = "\n".join(
        line[2:] for line in lines[start:] if line.startswith(("# [[", "# name", "# url", "# kind", "# lang"))
    )
    assert len(config.parse(text, file="x").sources) >= 6


def test_no_default_source_is_known_to_be_dead() -> None:
    with shared("tables/feeds.tsv").open(encoding="utf-8", newline="") as file:
        known = {row["url"]: row["status"] for row in csv.DictReader(file, delimiter="\t")}
    for source in config.parse(config.default_text(), file="config.toml").sources:
        assert known[source.url] in {"ok-2026", "in-use-2026", "documented"}, source.name


@given(
    st.integers(0, 12_000), st.integers(0, 40), st.text(max_size=5) | st.sampled_from(['"', "[[", "]", "=", "#", "\n"])
)
def test_a_damaged_configuration_is_read_or_refused_with_lines_and_nothing_else(at: int, cut: int, put: str) -> None:
    whole = config.default_text()
    text = whole[:at] + put + whole[at + cut :]
    found, wrong = examine(text, file="x")
    assert found is not None or wrong
    assert all(1 <= problem.line <= text.count("\n") + 1 for problem in wrong)
    assert all(str(problem).isprintable() for problem in wrong)


def test_a_configuration_says_where_it_came_from_and_equals_itself(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("\ufeff" + FIVE_LINES.replace("\n", "\r\n"), "utf-8")
    assert config.load(path) == config.load(path)
    assert config.load(path).path == path


def test_a_missing_file_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="wirewatch config init") as caught:
        config.load(tmp_path / "config.toml")
    assert caught.value.exit_code == Exit.USAGE


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        (b"a = 1\nb = \xff\n", 2, "UTF-8"),
        (b"\x00", 1, "not valid TOML"),
    ],
)
def test_a_file_that_is_no_text_is_told_from_one_that_is(tmp_path: Path, content: bytes, line: int, words: str) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=words) as caught:
        config.load(path)
    assert caught.value.problems[0].line == line


def test_the_file_is_looked_for_where_the_user_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("WIREWATCH_CONFIG", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert config.find() == config.default_path()
    assert config.find().name == "config.toml"
    monkeypatch.setenv("WIREWATCH_CONFIG", "~/wire.toml")
    assert config.find() == tmp_path / "wire.toml"
    assert config.find("/else/where.toml") == Path("/else/where.toml")


def test_the_default_text_is_the_repositorys_file() -> None:
    path = Path(__file__).parents[1] / "config.toml"
    assert tomllib.loads(config.default_text()) == tomllib.loads(path.read_text("utf-8"))


def test_naming_a_hook_is_enough_to_have_alerts_go_there() -> None:
    assert config.parse('[alerts]\nhook = ["x"]', file="f").alerts.channels == ("bell", "title", "hook")
    assert config.parse('[alerts]\nnotify_file = "x"', file="f").alerts.channels == ("bell", "title", "notify")
    assert config.parse('[alerts]\nhook = ["x"]\nchannels = ["title"]', file="f").alerts.channels == ("title",)


def test_the_default_configuration_says_what_alerts_do_without_it() -> None:
    assert config.parse(config.default_text(), file="f").alerts == config.AlertSettings()


def test_an_address_that_holds_a_password_is_never_quoted() -> None:
    with pytest.raises(ConfigError) as error:
        config.parse('[alerts]\nnotify = ["tgram//swordfish"]', file="f")
    assert "swordfish" not in str(error.value)
