"""FAULTS.md 129: an export stays in its directory and follows no link, and what a feed said is text in it (117)."""

from __future__ import annotations

import csv
import io
import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wirewatch import text
from wirewatch.commands import exported
from wirewatch.commands.exported import Entry, Handover
from wirewatch.commands.exportfile import write_new
from wirewatch.errors import UsageError
from wirewatch.model import Alert, Story

if TYPE_CHECKING:
    from pathlib import Path

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =cmd|' /C calc'!A0", "＝1+1", "|x", "%x")


def entry(headline: str, **more: object) -> Entry:
    story = Story("s1", 1, headline=headline, lead="i1", first_seen=0.0, updated=0.0, **{"source": "Wire"} | more)  # type: ignore[arg-type]
    alert = Alert(0, 0.0, "new", "told", headline=headline, rule=headline, reason=headline)
    return Entry(story, (alert,), starred=1.0)


@pytest.mark.parametrize(
    "name",
    [
        "../../x",
        "../x",
        "a/../../x",
        "/etc/cron.d/x",
        "a/b",
        "a\\b",
        "..",
        ".",
        "",
        ".hidden",
        "-rf",
        "x\0y",
        "x\ny",
        "x\x1b]0;y",
        "con",
        "NUL.md",
        "x" * 200,
        "a..b",
        "~/x",
        "$HOME",
        "\u202egpj",
    ],
)
def test_fault_129_a_name_that_leads_anywhere_else_is_refused_and_nothing_is_written(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "here" / "exports"
    with pytest.raises(UsageError, match="name of an export"):
        write_new(folder, name, "md", "content")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("force", [False, True])
def test_fault_129_a_link_in_the_place_of_the_file_is_never_written_through(tmp_path: Path, *, force: bool) -> None:
    folder, target = tmp_path / "exports", tmp_path / "target"
    folder.mkdir()
    target.write_text("precious")
    for name, to in (("link.md", target), ("dangling.md", tmp_path / "made")):
        (folder / name).symlink_to(to)
        with pytest.raises(UsageError, match="a link"):
            write_new(folder, name, "md", "content", force=force)
    assert target.read_text() == "precious"
    assert not (tmp_path / "made").exists()
    assert sorted(path.name for path in folder.iterdir()) == ["dangling.md", "link.md"]


def test_fault_129_a_link_in_the_place_of_the_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "exports").symlink_to(tmp_path / "real")
    with pytest.raises(UsageError, match="a link"):
        write_new(tmp_path / "exports", "x", "md", "content")
    assert list((tmp_path / "real").iterdir()) == []


def test_fault_129_a_file_that_is_there_is_only_replaced_when_asked_and_then_as_a_whole(tmp_path: Path) -> None:
    first = write_new(tmp_path, "night", "csv", "one")
    with pytest.raises(UsageError, match="--force"):
        write_new(tmp_path, "night", "csv", "two")
    assert first.read_text() == "one"
    other = tmp_path / "kept.csv"
    os.link(first, other)
    write_new(tmp_path, "night.csv", "csv", "two", force=True)
    assert (first.read_text(), other.read_text()) == ("two", "one")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kept.csv", "night.csv"]


def test_fault_129_what_somebody_puts_there_meanwhile_isnt_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = os.link

    def late(*args: object, **more: object) -> None:
        (tmp_path / "night.md").write_text("theirs")
        link(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "link", late)
    with pytest.raises(FileExistsError):
        write_new(tmp_path, "night", "md", "ours")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("night.md", "theirs")]


@pytest.mark.parametrize("said", FORMULAS)
def test_fault_129_no_cell_of_a_spreadsheet_is_a_formula(said: str) -> None:
    handover = Handover(0.0, 1.0, (entry(said, source=said, flags=(said,)),))
    rows = list(csv.reader(io.StringIO("\n".join(exported.csv_lines(handover)))))
    assert len(rows) == 2
    assert all(not value.lstrip().startswith(("=", "+", "-", "@", "＝", "|", "%")) for value in rows[1])
    assert rows[1][2] == f"'{said}"


@settings(deadline=None)
@given(st.text())
def test_fault_129_csv_gives_every_text_back_in_its_own_cell(said: str) -> None:
    clean = text.title(said)
    handover = Handover(0.0, 1.0, (entry(clean),))
    rows = list(csv.reader(io.StringIO("\n".join(exported.csv_lines(handover)))))
    assert [len(row) for row in rows] == [len(exported.COLUMNS)] * 2
    assert rows[1][2].removeprefix("'") == clean.removeprefix("'")


MARKUP = (
    "[click](javascript:alert(1))",
    "![x](https://tracker.example/pixel.png)",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "# heading",
    "**bold** __bold__ `code` ~~gone~~",
    "| a | b |",
    "see https://evil.example/ and www.evil.example",
    "@channel wake up",
    "&lt;b&gt; &#x3c;script&#x3e;",
    "\\[already](https://escaped.example)",
)


@pytest.mark.parametrize("said", MARKUP)
def test_fault_129_markdown_shows_what_a_feed_said_and_makes_nothing_of_it(said: str) -> None:
    from markdown_it import MarkdownIt

    page = "\n".join(exported.markdown(Handover(0.0, 1.0, (entry(said, source=said, flags=(said,)),))))
    tokens = MarkdownIt("commonmark", {"linkify": False}).enable("table").parse(page)
    kinds = [child.type for token in tokens for child in (token.children or [])]
    assert not {"link_open", "image", "html_inline", "code_inline"} & set(kinds)
    assert "html_block" not in [token.type for token in tokens]
    assert [token.tag for token in tokens if token.type == "heading_open"] == ["h1", "h2"]
    strong = next(
        token for token in tokens if token.children and any(child.type == "strong_open" for child in token.children)
    )
    assert strong.children is not None
    start = next(n for n, child in enumerate(strong.children) if child.type == "strong_open")
    end = next(n for n, child in enumerate(strong.children) if child.type == "strong_close")
    assert "".join(child.content for child in strong.children[start + 1 : end]) == said
    assert "https://" not in page.replace("https\\://", "")


def test_fault_129_only_links_of_the_web_are_links_in_a_page() -> None:
    for url, shown in (
        ("javascript:alert(1)", False),
        ("file:///etc/passwd", False),
        ("https://one.example/a b>c<d", True),
    ):
        page = "\n".join(exported.markdown(Handover(0.0, 1.0, (entry("A headline", url=url),))))
        assert (" <http" in page) is shown
        assert page.count(">") == page.count("<") == int(shown)


@settings(deadline=None)
@given(st.text(), st.text())
def test_fault_117_no_export_holds_a_control_character(said: str, source: str) -> None:
    handover = Handover(0.0, 1.0, (entry(text.title(said), source=text.name(source)),))
    for form in (exported.markdown, exported.csv_lines, exported.json_lines):
        for line in form(handover):
            assert all(ord(char) >= 0x20 and not 0x7F <= ord(char) < 0xA0 for char in line)
