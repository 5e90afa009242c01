"""What the desk writes into the user's configuration: one word more or less, and nothing else."""

from __future__ import annotations

import sys
import tomllib
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wirewatch import config
from wirewatch.config.edit import take_back, watch_for
from wirewatch.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

SPELLINGS = {
    "several lines": '# mine\n[watch] # words\nkeywords = [\n  "a", # first\n  "b",  # second\n]\n# the end\n',
    "one line": '[watch]\nkeywords = ["a"] # short\n[desk]\ntheme = "nord"\n',
    "no comma": '[watch]\nkeywords = [\n  "a",\n  "b"\n]\n',
    "no list": '[watch]\n# nothing yet\n\n# Sources ----\n\n[[source]]\nname = "A"\nurl = "https://a.example/f"\n',
    "no table": '# Sources\n[[source]]\nname = "A"\nurl = "https://a.example/f"\n',
    "no line end": "# only a remark",
    "dotted": 'watch.entities = ["A"]\n',
    "inline": 'watch = {entities = ["A"]}\n',
    "nothing": "",
    "windows": '[watch]\r\nkeywords = [\r\n  "a", # first\r\n]\r\n',
    "the default": config.default_text(),
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def put(file: Path, text: str) -> None:
    file.write_bytes(text.encode())


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("kind", ["keywords", "entities"])
def test_a_word_is_added_and_every_line_and_remark_stays(file: Path, spelling: str, kind: str) -> None:
    before = SPELLINGS[spelling]
    put(file, before)
    edit = watch_for(file, "zeppelin works", kind)  # type: ignore[arg-type]
    after = file.read_bytes().decode()
    assert tomllib.loads(after)["watch"][kind][-1] == "zeppelin works"
    found = config.load(file)
    assert "zeppelin works" in getattr(found.watch, kind)
    assert after.splitlines()[edit.line - 1].count("zeppelin works") == 1
    remarks = [line for line in before.splitlines() if "#" in line]
    assert [line for line in after.splitlines() if "#" in line and "zeppelin works" not in line] == [
        line for line in remarks if line in after
    ]
    assert all(line in after or "keywords" in line or "watch" in line for line in remarks)
    take_back(edit)
    assert file.read_bytes().decode() == before


def test_a_word_is_taken_out_alone_where_the_file_was_edited_since(file: Path) -> None:
    put(file, SPELLINGS["several lines"])
    edit = watch_for(file, "zeppelin works")
    put(file, file.read_text().replace("# mine", "# still mine") + '[desk]\ntheme = "nord"\n')
    take_back(edit)
    found = config.load(file)
    assert found.watch.keywords == ("a", "b")
    assert found.desk.theme == "nord"
    assert "# still mine" in file.read_text()
    assert "# second" in file.read_text()
    with pytest.raises(ConfigError, match="isn't there any more"):
        take_back(edit)


@pytest.mark.parametrize(
    ("text", "word", "says"),
    [
        (
            '[watch]\nkeywords = [\n"Zeppelin Works"]\n',
            "zeppelin works",
            r"config.toml:3: watch.keywords: 'Zeppelin Works' is watched already",
        ),
        ("[watch]\n", "  ", "is empty"),
        ("[watch]\n", "a\x1b[2J", "can't be shown"),
        ("[watch]\n", "x" * 300, "longer than"),
        ("[watch]\nkeyword = []\n", "gas", "did you mean 'keywords'"),
        ("[watch\n", "gas", "not valid TOML"),
    ],
)
def test_what_cannot_be_added_is_refused_and_nothing_is_written(file: Path, text: str, word: str, says: str) -> None:
    put(file, text)
    with pytest.raises(ConfigError, match=says):
        watch_for(file, word)
    assert file.read_text() == text
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.skipif(sys.platform == "win32", reason="permissions and links of POSIX")
def test_permissions_stay_and_a_link_still_points_to_the_file(tmp_path: Path, file: Path) -> None:
    real = tmp_path / "real.toml"
    put(real, "[watch]\n")
    real.chmod(0o640)
    file.symlink_to(real)
    watch_for(file, "gas")
    assert file.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert config.load(real).watch.keywords == ("gas",)


def test_a_file_that_is_not_there_is_no_file_to_write(file: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        watch_for(file, "gas")
    assert not file.exists()


words = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=20)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(word=words)
def test_any_word_is_written_as_it_is_read_or_refused(file: Path, word: str) -> None:
    put(file, SPELLINGS["several lines"])
    try:
        edit = watch_for(file, word)
    except ConfigError:
        assert file.read_text() == SPELLINGS["several lines"]
    else:
        assert config.load(file).watch.keywords == ("a", "b", edit.word)
