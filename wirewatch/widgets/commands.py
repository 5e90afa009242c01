"""Every command of the desk, declared once: its key, footer, palette and help all come from here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from textual.binding import Binding

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wirewatch.config import View


@dataclass(frozen=True)
class Command:
    """Something the reader can do."""

    id: str
    """What `[keys]` in the configuration calls it."""
    keys: str
    """Its keys in Textual's names, separated by commas."""
    action: str
    name: str
    """What the footer and the palette call it."""
    about: str
    """One sentence for the help and the palette."""
    group: str
    footer: bool = False
    everywhere: bool = False
    """Works wherever the focus is, in overlays too."""
    where: str = ""
    """The screen that it belongs to; empty for the dashboard. Keys of one screen don't get in the way of another's."""
    at_once: bool = False
    """Runs before the next key is looked at: what is typed right after it belongs to what it opened."""


COMMANDS: tuple[Command, ...] = (
    Command("down", "j,down", "move(1)", "Down", "Next row, or next line of the text.", "Move"),
    Command("up", "k,up", "move(-1)", "Up", "Row or line before.", "Move"),
    Command("newest", "g,home", "edge(-1)", "Newest", "Newest story; arrivals are followed from there.", "Move"),
    Command(
        "oldest", "G,end", "edge(1)", "Oldest", "Oldest story read so far; more are read as you get there.", "Move"
    ),
    Command("page-down", "pagedown,ctrl+f", "page(1.0)", "Page down", "A screenful down.", "Move"),
    Command("page-up", "pageup,ctrl+b", "page(-1.0)", "Page up", "A screenful up.", "Move"),
    Command("half-down", "ctrl+d", "page(0.5)", "Half a page down", "Half a screenful down.", "Move"),
    Command("half-up", "ctrl+u", "page(-0.5)", "Half a page up", "Half a screenful up.", "Move"),
    Command("next-unread", "J", "unread(1)", "Next unread", "Next unread story down the list.", "Move"),
    Command("previous-unread", "K", "unread(-1)", "Previous unread", "Next unread story up the list.", "Move"),
    Command(
        "next-flagged",
        "]",
        "flagged(1)",
        "Next flagged",
        "Next flagged story down the list, press releases and the like left out.",
        "Move",
    ),
    Command("previous-flagged", "[", "flagged(-1)", "Previous flagged", "Next flagged one up the list.", "Move"),
    Command("read", "enter", "enter", "Read", "Goes into the text of the story.", "Story", footer=True),
    Command("back", "escape", "back", "Back", "Back to the list; then out of a search; then out of a filter.", "Story"),
    Command("panes", "tab,shift+tab", "panes", "Other pane", "From the list to the text and back.", "Story"),
    Command(
        "unfold", "l,right", "unfold", "Unfold", "Shows the items of the story below it, with roles and lags.", "Story"
    ),
    Command("fold", "h,left", "fold", "Fold", "Shows the story's own row only.", "Story"),
    Command("open", "o", "open", "Open", "Opens the story's link in the browser.", "Story", footer=True),
    Command("copy", "y", "copy", "Copy link", "Copies the story's link.", "Story"),
    Command("copy-story", "Y", "copy_story", "Copy story", "Copies headline, source, time and link.", "Story"),
    Command(
        "first", "c", "about('first')", "Who was first", "Who had it first, who credits whom, who copied it.", "Story"
    ),
    Command(
        "changes", "d", "about('changes')", "What changed", "What changed between the takes of its items.", "Story"
    ),
    Command("why", "i", "about('why')", "Why", "Says why these items are one story, with score and evidence.", "Story"),
    Command("mark", "m", "mark", "Read/unread", "Marks the story read, or unread again.", "Story"),
    Command("star", "s", "star", "Star", "Keeps the story: retention never drops a starred one.", "Story"),
    Command("part", "x", "part", "Take out", "Takes the item under the cursor out of its story, for good.", "Story"),
    Command(
        "join", "+", "join", "Join", "Picks a story up; on another one, makes one story of the two, for good.", "Story"
    ),
    Command("undo", "u,ctrl+z", "undo", "Undo", "Takes the last mark, taking out or joining back.", "Story"),
    Command(
        "search",
        "/",
        "ask('search')",
        "Search",
        "Searches everything that is stored.",
        "Find",
        footer=True,
        at_once=True,
    ),
    Command(
        "filter",
        "f",
        "ask('filter')",
        "Filter",
        "Shows only stories that a query matches.",
        "Find",
        footer=True,
        at_once=True,
    ),
    Command(
        "watch",
        "w",
        "ask('watch')",
        "Watch a word",
        "Puts a word on your watch list and shows what it would have caught.",
        "Find",
        at_once=True,
    ),
    Command("freeze", "space", "freeze", "Freeze", "Stops the list, or lets it go on.", "Wire", footer=True),
    Command("poll", "r", "poll", "Poll source", "Asks for this story's source to be polled now.", "Wire"),
    Command("poll-all", "R", "poll_all", "Poll all", "Asks for every source to be polled now.", "Wire"),
    Command("sources", "S", "sources", "Sources", "State of every source, why, and its next poll.", "Wire"),
    Command("alerts", "!", "alerts", "Alerts", "Every alert, heard or not; Enter goes to its story.", "Alerts"),
    Command(
        "ack", "a", "ack", "Acknowledge", "Acknowledges the alert in the status line; the next one follows.", "Alerts"
    ),
    Command("ack-all", "ctrl+a", "ack_all", "Acknowledge all", "Acknowledges all alerts.", "Alerts"),
    Command(
        "source-poll",
        "r",
        "source_poll",
        "Retry now",
        "Asks for the source under the cursor to be polled now.",
        "In the list of sources (S)",
        where="sources",
    ),
    Command(
        "source-pause",
        "p",
        "source_pause",
        "Pause/resume",
        "Leaves the source alone until it is resumed.",
        "In the list of sources (S)",
        where="sources",
    ),
    Command(
        "source-site",
        "o",
        "source_site",
        "Site",
        "Opens the source's site in the browser.",
        "In the list of sources (S)",
        where="sources",
    ),
    Command(
        "source-feed",
        "O",
        "source_feed",
        "Feed",
        "Opens the address of the feed itself.",
        "In the list of sources (S)",
        where="sources",
    ),
    Command(
        "source-copy",
        "y",
        "source_copy",
        "Copy address",
        "Copies the address of the feed.",
        "In the list of sources (S)",
        where="sources",
    ),
    Command(
        "source-sort",
        "s",
        "source_sort",
        "Sort",
        "Trouble first, by name, by next poll, by items, by latency, by silence.",
        "In the list of sources (S)",
        where="sources",
    ),
    Command("theme", "T", "app.change_theme", "Theme", "Picks another theme.", "Desk"),
    Command("palette", ":,ctrl+p", "app.command_palette", "Commands", "Finds any command by name.", "Desk"),
    Command("help", "?,f1", "help", "Help", "Shows all keys.", "Desk", footer=True),
    Command("quit", "q", "app.leave", "Quit", "Ends the desk and the engine that it started.", "Desk", footer=True),
    Command(
        "quit-now", "ctrl+c,ctrl+q", "app.quit", "Quit now", "Ends at once, wherever you are.", "Desk", everywhere=True
    ),
)

VIEW_COMMANDS: tuple[Command, ...] = tuple(
    Command(f"view-{digit}", digit, f"view_key('{digit}')", f"View {digit}", "The saved view on this key.", "Views")
    for digit in "123456789"
)
"""The keys of saved views. Help and palette show those that have one, by its name."""

_SHOWN = {
    "left": "←",
    "right": "→",
    "down": "↓",
    "up": "↑",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "home": "Home",
    "end": "End",
    "enter": "Enter",
    "escape": "Esc",
    "tab": "Tab",
    "space": "Space",
    "colon": ":",
    "slash": "/",
    "question_mark": "?",
    "right_square_bracket": "]",
    "left_square_bracket": "[",
    "full_stop": ".",
    "plus": "+",
    "comma": ",",
    "exclamation_mark": "!",
}


def bindings(*, everywhere: bool, where: str = "") -> list[Binding]:
    """The commands as key bindings: those of a screen, or those that work everywhere."""
    return [
        Binding(
            command.keys,
            command.action,
            command.name,
            id=command.id,
            tooltip=command.about,
            show=command.footer,
            priority=command.everywhere or command.at_once,
        )
        for command in (*COMMANDS, *VIEW_COMMANDS)
        if command.everywhere is everywhere and command.where == where
    ]


def view_commands(views: Sequence[View]) -> list[Command]:
    """The commands of the saved views that have a key, by name and with their query."""
    by_key = {view.key: view for view in views if view.key}
    return [
        replace(command, name=by_key[command.keys].name, about=by_key[command.keys].query)
        for command in VIEW_COMMANDS
        if command.keys in by_key
    ]


def keys_of(command: Command, keymap: Mapping[str, str]) -> str:
    """The keys of a command as a person reads them, after the user's own keys: `j ↓`."""
    return " ".join(_shown(key.strip()) for key in keymap.get(command.id, command.keys).split(","))


def key_problems(keymap: Mapping[str, str], views: Sequence[View] = ()) -> list[str]:
    """What is wrong with the user's keys, a sentence each: unknown commands, and keys that two commands claim."""
    known = {command.id for command in (*COMMANDS, *VIEW_COMMANDS)}
    problems = [
        f"[keys] {name}: there is no such command; the help shows them all." for name in keymap if name not in known
    ]
    owners: dict[tuple[str, str], str] = {}
    for command in (*COMMANDS, *view_commands(views)):
        for key in keymap.get(command.id, command.keys).split(","):
            other = owners.setdefault((command.where, key.strip()), command.id)
            if other != command.id:
                problems.append(f"[keys] {_shown(key.strip())} runs both {other} and {command.id}; {other} wins.")
    return problems


def _shown(key: str) -> str:
    if key in _SHOWN:
        return _SHOWN[key]
    if key.startswith("ctrl+"):
        return "^" + key[5:]
    if key.startswith("shift+"):
        return "Shift+" + _shown(key[6:])
    return key
