"""Alerts through the real engine, the real store and real programs: decided where the log is written, none lost."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from typing import TYPE_CHECKING

import pytest

from bench.feedfarm import FeedFarm
from tests.eventually import eventually
from tests.test_engine import Clock, once, running
from wirewatch import config as configuration
from wirewatch.commands import desk
from wirewatch.commands.desk import EngineChild
from wirewatch.store import open_reader

if TYPE_CHECKING:
    from pathlib import Path

    from wirewatch.config import Config
    from wirewatch.model import Alert

pytestmark = pytest.mark.skipif(os.name != "posix", reason="process groups are POSIX's")


class Wire(FeedFarm):
    """A farm whose feeds are an agency's, with headlines that alert because they are urgent and name a watched word."""

    def tell(self, feed: int, headline: str, guid: str | None = None) -> str:
        """Puts a piece at the head of a feed, or changes the one of this guid."""
        items = self.feeds[feed]
        guid = guid or f"urn:told:{feed}:{len(items)}"
        items[:] = [item for item in items if item[0] != guid]
        items.insert(0, (guid, headline, "What is known so far about it."))
        self.changed(feed)
        return guid

    def flood(self, each: int) -> int:
        """Puts so many pieces that alert into every feed; how many that are."""
        for feed, items in enumerate(self.feeds):
            for _ in range(each):
                number = self._rng.getrandbits(40)
                headline = " ".join(self._rng.choices(self._words, k=9))
                self.tell(feed, f"URGENT: Dambreak {headline}", f"urn:flood:{feed}:{number}")
            assert len(items) >= each
        return each * len(self.feeds)

    def settings(self, alerts: str = "", every: str = "1s") -> str:
        """The configuration of a desk that watches for a word."""
        sources = self.config(every).replace("[[source]]", '[[source]]\nkind = "agency"')
        return f'[watch]\nkeywords = ["dambreak"]\n\n[alerts]\n{alerts}\n\n{sources}'


def parsed(text: str) -> Config:
    return configuration.parse(text, file="wire.toml")


def logged(data: Path) -> list[Alert]:
    with contextlib.closing(open_reader(data)) as reader:
        return reader.alerts()


def recorder(tmp_path: Path, before: str = "") -> tuple[str, Path]:
    """A hook that writes down what it is given, as the setting and the file it writes to; `before` runs first."""
    record = tmp_path / "heard.jsonl"
    program = tmp_path / "hook.py"
    program.write_text(
        f"import json, os, sys\n{before}\n"
        "given = {name: value for name, value in os.environ.items() if name.startswith('WIREWATCH_')}\n"
        f"with open({str(record)!r}, 'a') as file:\n"
        "    file.write(json.dumps({'argv': sys.argv[1:], 'env': given, 'stdin': sys.stdin.read()}) + '\\n')\n"
    )
    return f'hook = ["{sys.executable}", "{program}", "{{headline}}", "to {{source}}", "{{why}}"]', record


def heard(record: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in record.read_text().splitlines()] if record.exists() else []


# --- deciding ---------------------------------------------------------------------------------------------------------


async def test_the_first_poll_of_a_source_alerts_nobody_but_its_log_has_what_matched(tmp_path: Path) -> None:
    clock = Clock(time.time())
    async with Wire(feeds=3, items=5, now=clock.wall) as wire:
        wire.flood(4)
        await once(parsed(wire.settings()), tmp_path, clock)
    alerts = logged(tmp_path)
    assert len(alerts) == 12
    assert {alert.state for alert in alerts} == {"late"}
    with contextlib.closing(open_reader(tmp_path)) as reader:
        assert reader.alerts_standing().unacked == 0


async def test_a_flood_of_500_raises_at_most_the_budget_and_the_log_has_every_one(tmp_path: Path) -> None:
    clock = Clock(time.time())
    async with Wire(feeds=25, items=2, now=clock.wall) as wire:
        config = parsed(wire.settings("budget = 6"))
        await once(config, tmp_path, clock)
        clock.wall += 30
        assert wire.flood(20) == 500
        await once(config, tmp_path, clock)
    alerts = logged(tmp_path)
    told = [alert for alert in alerts if alert.state == "told"]
    assert len(told) <= 6
    with contextlib.closing(open_reader(tmp_path)) as reader:
        stories = {story.id for story in reader.newest(1000) if "dambreak" in story.headline.casefold()}
        assert reader.alerts_standing().unacked == len(alerts)
    assert {alert.story for alert in alerts} == stories
    assert len(alerts) == len(stories) > 400


async def test_the_flood_is_summed_up_by_the_running_engine_once_its_minute_is_over(tmp_path: Path) -> None:
    clock = Clock(time.time())
    async with Wire(feeds=10, items=2, now=clock.wall) as wire:
        config = parsed(wire.settings("budget = 3"))
        await once(config, tmp_path, clock)
        clock.wall += 30
        wire.flood(5)
        await once(config, tmp_path, clock)
        folded = sum(alert.state == "folded" for alert in logged(tmp_path))
        assert folded > 30
        async with running(config, tmp_path) as engine:  # it reads from the log what it owes
            engine._storing._alerting._now = lambda: clock.wall + 61
            await eventually(lambda: logged(tmp_path)[-1].why == "flood")
    summary = logged(tmp_path)[-1]
    assert (summary.state, summary.count) == ("told", folded)


async def test_killed_and_corrected_stories_that_were_shown_alert_again(tmp_path: Path) -> None:
    clock = Clock(time.time())
    async with Wire(feeds=2, items=2, now=clock.wall) as wire:
        config = parsed(wire.settings("budget = 60"))
        opened = wire.tell(1, "Harbour board weighs a longer quay for the car ferries of the northern isles")
        await once(config, tmp_path, clock)
        with contextlib.closing(open_reader(tmp_path)) as reader:
            (story,) = [story for story in reader.newest(10) if story.headline.startswith("Harbour")]
            reader.mark([story.id], read=True)
        clock.wall += 60
        alerted = wire.tell(0, "URGENT: Dambreak above Vestmark drives thousands from their homes, mayor says")
        await once(config, tmp_path, clock)
        clock.wall += 60
        wire.tell(0, "CORRECTED-URGENT: Dambreak above Vestmark drives hundreds from their homes, mayor says", alerted)
        await once(config, tmp_path, clock)
        clock.wall += 60
        wire.tell(0, "KILL KILL KILL: Dambreak above Vestmark drives hundreds from their homes, mayor says", alerted)
        wire.tell(1, "WITHDRAWN-Harbour board weighs a longer quay for the car ferries of the northern isles", opened)
        await once(config, tmp_path, clock)
    found = [(alert.why, alert.state) for alert in logged(tmp_path)]
    assert found == [("new", "told"), ("corrected", "told"), ("killed", "told"), ("killed", "told")]


async def test_an_edit_that_makes_a_rule_match_alerts_and_one_that_changes_nothing_of_it_doesnt(tmp_path: Path) -> None:
    clock = Clock(time.time())
    async with Wire(feeds=1, items=2, now=clock.wall) as wire:
        config = parsed(wire.settings())
        await once(config, tmp_path, clock)
        clock.wall += 60
        guid = wire.tell(0, "Water rises above Vestmark, engineers on their way to look at the spillway")
        await once(config, tmp_path, clock)
        assert logged(tmp_path) == []
        for step, headline in enumerate(("Dambreak above Vestmark", "Dambreak above Vestmark, thousands flee")):
            clock.wall += 60
            wire.tell(0, f"UPDATE {step + 1}-URGENT: {headline}", guid)
            await once(config, tmp_path, clock)
    assert [alert.why for alert in logged(tmp_path)] == ["new"]


async def test_what_is_old_by_its_publishers_time_is_no_alert_though_its_source_has_only_now_listed_it(
    tmp_path: Path,
) -> None:
    clock = Clock(time.time())
    async with Wire(feeds=1, items=2, now=clock.wall) as wire:
        config = parsed(wire.settings('max_age = "30m"'))
        await once(config, tmp_path, clock)
        clock.wall += 60
        wire._now -= 7200
        wire.tell(0, "URGENT: Dambreak above Vestmark drives thousands from their homes, mayor says")
        await once(config, tmp_path, clock)
    assert [alert.state for alert in logged(tmp_path)] == ["late"]


async def test_a_rule_says_how_its_alerts_sound_and_where_and_one_without_alert_is_silent(tmp_path: Path) -> None:
    rules = (
        '\n[[rule]]\nname = "Quays"\nmatch = "quay"\nalert = "flash"\nsound = "alarm"\nchannel = ["title"]\n'
        '\n[[rule]]\nname = "Wide"\nmatch = "ferry outlets:>=2"\nalert = true\n'
        '\n[[rule]]\nname = "Silent"\nmatch = "harbour"\n\n'
    )
    clock = Clock(time.time())
    async with Wire(feeds=2, items=1, now=clock.wall) as wire:
        config = parsed(rules + wire.settings())
        await once(config, tmp_path, clock)
        clock.wall += 60
        wire.tell(0, "Harbour board closes the northern quay after a crane falls, nobody is hurt")
        wire.tell(0, "Harbour police count the boats that came home before the storm on Sunday night")
        wire.tell(0, "URGENT: Dambreak above Vestmark drives thousands from their homes, mayor says")
        ferry = "Ferry with 212 people aboard runs aground off Skarholm in thick fog, coastguard says"
        wire.tell(0, ferry)
        await once(config, tmp_path, clock)
        assert [alert.rule for alert in logged(tmp_path)] == ["Quays"]
        clock.wall += 60
        wire.tell(1, ferry)
        await once(config, tmp_path, clock)
    first, second = logged(tmp_path)
    assert (first.rule, first.priority, first.sound, first.channels) == ("Quays", 0, "alarm", ("title",))
    assert first.reason == "“quay” in the headline"
    assert (second.rule, second.why, second.outlets, second.sound) == ("Wide", "new", 2, "bell")


async def test_no_alerts_where_they_are_turned_off(tmp_path: Path) -> None:
    clock = Clock(time.time())
    async with Wire(feeds=1, items=1, now=clock.wall) as wire:
        config = parsed(wire.settings("on = false"))
        await once(config, tmp_path, clock)
        clock.wall += 60
        wire.flood(3)
        await once(config, tmp_path, clock)
    assert logged(tmp_path) == []


# --- the hook ---------------------------------------------------------------------------------------------------------


async def test_a_hook_gets_the_story_as_arguments_environment_and_json_and_no_shell_sees_it(tmp_path: Path) -> None:
    hook, record = recorder(tmp_path)
    trap = tmp_path / "trap"
    nasty = f"URGENT: Dambreak $(touch {trap}) `touch {trap}`; touch {trap} | {{source}} %s \\n' \" &"
    clock = Clock(time.time())
    async with Wire(feeds=1, items=1, now=clock.wall) as wire:
        config = parsed(wire.settings(hook))
        await once(config, tmp_path, clock)
        clock.wall += 60
        wire.tell(0, nasty)
        await once(config, tmp_path, clock)
    (call,) = heard(record)
    (alert,) = logged(tmp_path)
    assert call["argv"] == [alert.headline, "to Farm 0", "new"]
    assert "$(touch" in alert.headline
    assert "{source}" in alert.headline
    told = json.loads(str(call["stdin"]))
    assert (told["v"], told["headline"], told["number"], told["why"]) == (1, alert.headline, alert.n, "new")
    assert call["env"]["WIREWATCH_HEADLINE"] == alert.headline  # type: ignore[index]
    assert call["env"]["WIREWATCH_PRIORITY"] == "urgent"  # type: ignore[index]
    assert not trap.exists()


async def test_an_engine_that_is_killed_before_its_hook_ran_hands_the_alert_over_when_it_is_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "RESTART_AFTER", (0.05,))
    gate = tmp_path / "gate"
    hook, record = recorder(tmp_path, f"while not os.path.exists({str(gate)!r}): import time; time.sleep(0.02)")
    config = tmp_path / "config.toml"
    async with Wire(feeds=1, items=1, now=time.time()) as wire:
        config.write_text(wire.settings(hook + '\nhook_timeout = "60s"'))
        engine = EngineChild(config, tmp_path / "data")
        engine.start()
        try:
            await eventually(lambda: wire.requests >= 2)
            wire.tell(0, "URGENT: Dambreak above Vestmark drives thousands from their homes, mayor says")
            await eventually((tmp_path / "data" / "wirewatch.sqlite").exists)
            await eventually(lambda: len(logged(tmp_path / "data")) == 1)
            assert engine.pid is not None
            os.kill(engine.pid, signal.SIGKILL)
            said: list[str] = []
            await eventually(lambda: said.append(engine.poll() or "") or "started again" in said[-1])
            gate.touch()
            await eventually(lambda: heard(record), why="the alert was never handed over")
        finally:
            engine.stop()
    assert {call["argv"][2] for call in heard(record)} == {"new"}  # type: ignore[index]
    assert len(logged(tmp_path / "data")) == 1


# --- chat and mail ----------------------------------------------------------------------------------------------------


async def test_without_the_extra_the_user_is_told_how_to_get_it_and_polling_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wirewatch.engine.telling.has_apprise", lambda: False)
    said: list[str] = []
    async with Wire(feeds=1, items=1, now=time.time()) as wire:
        config = parsed(wire.settings('notify = ["tgram://bottoken/ChatID"]'))
        async with running(config, tmp_path, said=said):
            await eventually(lambda: wire.requests >= 1)
    assert any("pip install 'wirewatch[notify]'" in sentence for sentence in said)
    assert not any("bottoken" in sentence for sentence in said)


APPRISE = """
import json, os
class Apprise:
    def __init__(self): self.addresses = []
    def add(self, address):
        self.addresses.append(address)
        return "://" in address
    def __bool__(self): return bool(self.addresses)
    def notify(self, title, body, body_format):
        with open(os.environ["LETTERS"], "a") as file:
            file.write(json.dumps([self.addresses, title, body]) + "\\n")
        return True
"""


async def test_chat_and_mail_get_title_and_text_from_a_process_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "double").mkdir()
    (tmp_path / "double" / "apprise.py").write_text(APPRISE)
    monkeypatch.syspath_prepend(str(tmp_path / "double"))
    letters = tmp_path / "letters"
    monkeypatch.setenv("LETTERS", str(letters))
    (tmp_path / "addresses").write_text("# the night desk\nmailto://desk:secret@mail.example\n")
    clock = Clock(time.time())
    async with Wire(feeds=1, items=1, now=clock.wall) as wire:
        config = parsed(wire.settings(f'notify = ["tgram://token/room"]\nnotify_file = "{tmp_path / "addresses"}"'))
        await once(config, tmp_path, clock)
        clock.wall += 60
        wire.tell(0, "URGENT: Dambreak above Vestmark drives thousands from their homes, mayor says")
        await once(config, tmp_path, clock)
    addresses, title, body = json.loads(letters.read_text())
    assert addresses == ["tgram://token/room", "mailto://desk:secret@mail.example"]
    assert title == "ALERT · Farm 0"
    assert body.startswith("URGENT: Dambreak above Vestmark")
    assert "apprise" not in sys.modules


async def test_an_edited_budget_is_in_force_without_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    async with Wire(feeds=1, items=1, now=time.time()) as wire:
        path.write_text(wire.settings("budget = 1"))
        async with running(configuration.load(path), tmp_path) as engine:
            await eventually(lambda: wire.requests >= 1)
            await asyncio.sleep(0)
            path.write_text(wire.settings("budget = 9"))
            await eventually(lambda: engine._storing._alerting._decider.settings.budget == 9)
