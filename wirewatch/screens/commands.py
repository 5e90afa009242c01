"""The commands of the dashboard: what each key does. Its messages are handled in `dashboard.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.screen import Screen

from wirewatch.screens.marks import Marks
from wirewatch.screens.views import Views
from wirewatch.widgets.commands import view_commands
from wirewatch.widgets.detail import Detail
from wirewatch.widgets.marks import matters
from wirewatch.widgets.roll import Branch
from wirewatch.widgets.times import day_and_time

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import tzinfo

    from wirewatch.clock import Clock
    from wirewatch.model import Story
    from wirewatch.screens.sources import Sources
    from wirewatch.screens.views import View
    from wirewatch.widgets.backstage import Backstage
    from wirewatch.widgets.feed import Feed
    from wirewatch.widgets.prompt import Prompt
    from wirewatch.widgets.status import Standing


class Commands(Screen[None]):
    """A screen with a feed and the text of the story under its cursor, driven by keys."""

    feed: Feed
    detail: Detail
    prompt: Prompt | None = None

    def __init__(
        self,
        backstage: Backstage,
        clock: Clock,
        standing: Standing,
        *,
        source_names: Sequence[str] = (),
        keymap: Mapping[str, str] | None = None,
        zone: tzinfo | None = None,
    ) -> None:
        super().__init__()
        self.backstage = backstage
        self.standing = standing
        self.views = Views()
        self._clock = clock
        self._zone = zone
        self._source_names = source_names
        self._keymap = keymap or {}
        self.sources_overlay: Sources | None = None
        self._marks = Marks(backstage)

    def say(self, text: str, *, error: bool = False) -> None:
        """Shows a notice in the status line for a while."""
        raise NotImplementedError

    def show_view(self, view: View) -> None:
        """Shows another view where its reader left it."""
        raise NotImplementedError

    def dismiss_notice(self) -> None:
        """Takes away what has been read."""
        raise NotImplementedError

    @property
    def _pane(self) -> Feed | Detail:
        """The pane that has the keyboard."""
        return self.detail if self.detail.has_focus else self.feed

    def _held_story(self) -> Story | None:
        """The story under the cursor, which from now on stays there."""
        self.feed.hold()
        story = self.feed.cursor_story
        if story is None:
            self.say("There is no story to do that with.")
        return story

    # --- commands: moving ----------------------------------------------------------------------------------------

    def action_move(self, rows: int) -> None:
        """Moves in the pane that has the keyboard."""
        self._pane.move_by(rows)

    def action_page(self, pages: float) -> None:
        """Moves by parts of a screenful."""
        self._pane.page_by(pages)

    def action_edge(self, edge: int) -> None:
        """Moves to the first or the last row."""
        pane = self._pane
        last = len(pane.lines) if isinstance(pane, Detail) else pane.row_count
        pane.move_to(0 if edge < 0 else last)

    def action_newest(self) -> None:
        """Goes to the newest story from wherever the keyboard is."""
        self.leave_text()
        self.feed.move_to(0)

    def action_unread(self, step: int) -> None:
        """Moves to the next unread story."""
        if not self.feed.move_to_next(lambda story: not story.read, step):
            self.say("No unread story " + ("further down." if step > 0 else "further up."))

    def action_flagged(self, step: int) -> None:
        """Moves to the next story with a flag that says more than what kind of piece it is."""
        if not self.feed.move_to_next(lambda story: any(map(matters, story.flags)), step):
            self.say("No flagged story " + ("further down." if step > 0 else "further up."))

    def action_enter(self) -> None:
        """Gives the keyboard to the text of the story."""
        if self.feed.cursor_story is not None:
            self.feed.hold()
            self.add_class("reading")
            if self.detail.region:
                self.set_focus(self.detail)
            else:
                # On a low terminal the pane is only now being shown, and what isn't shown takes no keys.
                self.call_after_refresh(self.detail.focus)

    def leave_text(self) -> None:
        """Gives the keyboard back to the list."""
        self.remove_class("reading")
        if self.feed.region:
            self.set_focus(self.feed)
        else:
            self.call_after_refresh(self.feed.focus)

    def action_panes(self) -> None:
        """Gives the keyboard to the other pane."""
        if self.has_class("reading"):
            self.leave_text()
        else:
            self.action_enter()

    def action_back(self) -> None:
        """Back to the list; from there out of the search or filter."""
        if self.has_class("reading"):
            self.leave_text()
            return
        view = self.views.leave()
        if view is not None:
            self.show_view(view)
        else:
            self.dismiss_notice()

    def action_freeze(self) -> None:
        """Stops the list, or lets it go on."""
        self.feed.freeze(not self.feed.frozen)

    # --- commands: the story -------------------------------------------------------------------------------------

    def action_open(self) -> None:
        """Opens the story's link, and counts it as read."""
        story = self._held_story()
        if story is None:
            return
        link = self.feed.cursor_link
        if not link:
            self.say("This story has no link that can be opened.", error=True)
            return
        if not story.read:
            self.feed.replace(self._marks.set([story], read=True, undoable=False))
        self.backstage.open(link)

    def action_copy(self) -> None:
        """Copies the link."""
        story = self._held_story()
        if story is not None and (link := self.feed.cursor_link):
            self.app.copy_to_clipboard(link)
            self.say("Link copied.")
        elif story is not None:
            self.say("This story has no link.", error=True)

    def action_copy_story(self) -> None:
        """Copies headline, source, time and link."""
        story = self._held_story()
        if story is not None:
            one = self.feed.cursor_branch or story
            when = day_and_time(one.when if isinstance(one, Branch) else one.first_seen, self._zone)
            self.app.copy_to_clipboard("\n".join(filter(None, (one.headline, f"{one.source}, {when}", one.url))))
            self.say("Headline and link copied.")

    def action_mark(self) -> None:
        """Marks the story read or unread."""
        story = self._held_story()
        if story is not None:
            self.feed.replace(self._marks.set([story], read=not story.read))
            self.say("Marked unread (u undoes)." if story.read else "Marked read (u undoes).")

    def action_star(self) -> None:
        """Stars the story, or takes the star away."""
        story = self._held_story()
        if story is not None:
            self.feed.replace(self._marks.set([story], starred=not story.starred))
            self.say("Star taken away (u undoes)." if story.starred else "Starred (u undoes).")

    def action_undo(self) -> None:
        """Takes the last mark, edit or word back."""
        before, said = self._marks.undo(self.feed.ledger)
        self.feed.replace(before)
        self.say(said)

    # --- commands: the wire --------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a query is typed its letters are no commands."""
        return not (action == "ask" and self.prompt is not None and self.prompt.has_focus_within)

    def action_ask(self, kind: str) -> None:
        """Opens the prompt."""
        if self.prompt is None:
            return
        self.add_class("asking")
        view = self.views.now
        self.prompt.open(kind, view.text if view.kind == kind else "")

    def action_poll(self) -> None:
        """Asks for the source of the story."""
        story = self._held_story()
        if story is not None:
            source = (self.feed.cursor_branch or story).source
            self.backstage.ask_poll([source], f"Asked for {source} to be polled now.")

    def action_poll_all(self) -> None:
        """Asks for all sources."""
        self.backstage.ask_poll(["*"], "Asked for all sources to be polled now.")

    def action_sources(self) -> None:
        """Lists the sources."""
        from wirewatch.screens.sources import Sources

        self.sources_overlay = Sources(self.backstage, self._source_names, keymap=self._keymap, zone=self._zone)
        self.sources_overlay.show_states(self.standing.states, self._clock.now())
        self.app.push_screen(self.sources_overlay)

    def action_help(self) -> None:
        """Lists the keys."""
        from wirewatch.screens.overlays import Help

        config = self.backstage.keeper.config
        self.app.push_screen(Help(self._keymap, view_commands(config.views if config is not None else ())))
