"""The desk's main screen: the feed, the story under its cursor, the status of the wire."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from wirewatch.errors import QueryError
from wirewatch.screens.alarms import Alarms
from wirewatch.screens.stories import Stories
from wirewatch.screens.watching import WATCH, Watching
from wirewatch.widgets.bars import Bar, KeyBar, spill
from wirewatch.widgets.cells import pointing
from wirewatch.widgets.commands import COMMANDS, bindings, keys_of
from wirewatch.widgets.detail import Detail
from wirewatch.widgets.feed import Feed
from wirewatch.widgets.ledger import Ledger
from wirewatch.widgets.panes import Beside, Pane
from wirewatch.widgets.status import Standing, empty_words, feed_hints, feed_mode, status_line
from wirewatch.widgets.times import local

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import tzinfo

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.events import DescendantFocus, Resize
    from textual.timer import Timer

    from wirewatch.clock import Clock
    from wirewatch.model import Story
    from wirewatch.query import Query
    from wirewatch.screens.views import View
    from wirewatch.widgets import messages
    from wirewatch.widgets.backstage import Backstage


LATER = Path(__file__).parent.parent / "later.tcss"
"""How that looks which comes after the first frame."""
FLASH = 5.0
"""Seconds that a notice stands in the status line."""
FLASH_ERROR = 10.0
"""Seconds that it stands there when it says that something went wrong."""
SETTLE = 0.04
"""Seconds that the cursor has to rest before the text of its story is read: keys held down stay fast."""
SETTLE_FOLLOWING = 0.25
"""The same where no key but an arrival moved it: in a burst nobody reads every story for a tenth of a second."""


class Dashboard(Stories, Watching, Alarms):
    """Everything on it is driven by messages: from its widgets, and from the threads backstage."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(everywhere=False)]
    AUTO_FOCUS = "#feed"
    BLANK = True

    def __init__(
        self,
        backstage: Backstage,
        clock: Clock,
        standing: Standing,
        *,
        parse: Callable[[str], Query],
        source_names: Sequence[str] = (),
        keymap: Mapping[str, str] | None = None,
        read_after: float | None = None,
        zone: tzinfo | None = None,
        on_first_paint: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(backstage, clock, standing, source_names=source_names, keymap=keymap, zone=zone)
        self.first: tuple[list[Story], bool] | None = None
        """What was read before the first paint: stories, and whether there are more."""
        self._parse = parse
        self._read_after = read_after
        self._on_first_paint = on_first_paint
        self._flash: tuple[str, bool] | None = None
        self._fault: QueryError | None = None
        self._day = local(clock.now(), zone).date()
        self._flash_timer: Timer | None = None
        self._settle_timer: Timer | None = None
        self._read_timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """Feed and detail with their heads, the status line, the footer; the rest comes after the first paint."""
        with Beside(id="panes"):
            with Pane(id="feed-pane"):
                yield Bar(id="feed-head", action="newest")
                yield Feed(self._clock, zone=self._zone, id="feed")
            with Pane(id="detail-pane"):
                yield Bar(id="detail-head")
        yield Bar(id="status")
        yield KeyBar(id="keys")

    # --- coming up -----------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Shows what was read beforehand; everything else waits for the first paint."""
        self.feed = self.query_one("#feed", Feed)
        self.detail = Detail(id="detail")
        footer = [(command, keys_of(command, self._keymap).split(" ")[0]) for command in COMMANDS if command.footer]
        self.query_one("#keys", KeyBar).show_commands(footer)
        view = self.views.now
        if self.first is not None:
            stories, view.more = self.first
            view.ledger = Ledger(stories)
            view.reading = False
        self.feed.show(view.ledger, more=view.more)
        self._refresh_words()
        self.call_after_refresh(self._after_first_paint)

    async def _after_first_paint(self) -> None:
        from wirewatch.widgets.prompt import Prompt

        if self._on_first_paint is not None:
            self._on_first_paint()
        self.app.stylesheet.read(LATER)
        await self.query_one("#detail-pane", Pane).mount(self.detail)
        self.backstage.start(self.post_message)
        self.set_interval(1.0, self._tick)
        prompt = Prompt(id="prompt")
        await self.mount(prompt, after="#status")
        self.prompt = prompt

    def on_resize(self, event: Resize) -> None:
        """Says in the new width what it says."""
        if self.is_mounted:
            self._refresh_words()

    def _tick(self) -> None:
        self.feed.tick()
        self._refresh_words()
        self.backstage.look_at_config()
        day = local(self._clock.now(), self._zone).date()
        if day != self._day and self.detail.page is not None:
            self._read_story(self.detail.page.story_id)
        self._day = day

    # --- what the threads say ------------------------------------------------------------------------------------

    def on_changed(self, message: messages.Changed) -> None:
        """Lets every view take in what the log tells."""
        self.story_changed(message.changes)
        for view in self.views.stack[:-1]:
            view.absorb(message.changes, message.matching)
        self.feed.take(message.changes, self.views.now.matching(message.matching), message.taken)
        shown = self.detail.page
        if shown is not None and any(shown.story_id in (change.story_id, change.into) for change in message.changes):
            self._read_story(shown.story_id)

    def on_restarted(self, message: messages.Restarted) -> None:
        """Reads every view anew; the reader stays where they were as far as that is still there."""
        self._keep_place()
        for view in self.views.stack:
            view.ledger, view.more, view.reading, view.older_asked = Ledger(), False, True, None
            self.backstage.read_first(view.number, view.query)

    def on_page_read(self, message: messages.PageRead) -> None:
        """Puts a page into the view it was read for."""
        view = next((view for view in self.views.stack if view.number == message.view), None)
        if view is None:
            return
        view.reading = False
        view.more = message.more
        if message.first:
            view.ledger.extend_older(message.stories)
            if view is self.views.now:
                self.show_view(view)
        elif view is self.views.now:
            self.feed.add_older(message.stories, more=message.more)
        else:
            view.ledger.extend_older(message.stories)
        self._refresh_words()

    def on_story_read(self, message: messages.StoryRead) -> None:
        """Shows a story's page while the cursor is still on it."""
        story, page = self.feed.cursor_story, message.page
        if story is None or story.id not in (message.story_id, page.story_id if page else None):
            return
        if page is None or page.item == self.cursor_item:
            self.detail.show_page(page)

    def on_tallied(self, message: messages.Tallied) -> None:
        """Takes over the counts and states."""
        self.standing.counts = message.counts
        self.standing.take_states(message.states)
        self.standing.engine = message.engine
        self._refresh_words()

    def on_noticed(self, message: messages.Noticed) -> None:
        """Shows a notice in the status line for a while, or until it is dismissed."""
        if message.stands:
            self.standing.keep(message.text)
            self._end_flash()
        else:
            self.say(message.text, error=message.error)

    def on_troubled(self, message: messages.Troubled) -> None:
        """Shows what is wrong as long as it lasts."""
        if message.text is None:
            self.standing.troubles.pop(message.who, None)
        else:
            self.standing.troubles[message.who] = message.text
        self._refresh_words()

    def on_mark_failed(self, message: messages.MarkFailed) -> None:
        """Shows the stories as they still are in the store."""
        self.feed.replace(self._marks.failed(message.before, self.feed.ledger))
        self.say(f"The mark wasn't kept: {message.reason}", error=True)

    # --- what the widgets say ------------------------------------------------------------------------------------

    def on_story_picked(self, message: messages.StoryPicked) -> None:
        """Reads the story once the cursor rests on it."""
        for timer in (self._settle_timer, self._read_timer):
            if timer is not None:
                timer.stop()
        followed = self.feed.following and self.detail.page is not None
        self._settle_timer = self.set_timer(SETTLE_FOLLOWING if followed else SETTLE, self._settled)

    def _settled(self) -> None:
        story = self.feed.cursor_story
        if story is None:
            self.detail.show_page(None)
            return
        page = self.detail.page
        if page is None or (page.story_id, page.item) != (story.id, self.cursor_item):
            self._read_story(story.id)
        if self._read_after is not None and not self.feed.following:
            self._read_timer = self.set_timer(self._read_after, self._read_long_enough)

    def _read_long_enough(self) -> None:
        story = self.feed.cursor_story
        if story is not None and not story.read and not self.feed.following:
            self.feed.replace(self._marks.set([story], read=True, undoable=False))

    def _read_story(self, story_id: str) -> None:
        if self.detail.line_width:
            self.backstage.read_story(story_id, self.detail.line_width, self.cursor_item)

    def on_page_wanted(self, message: messages.PageWanted) -> None:
        """Has the page laid out again for another width."""
        if (story := self.feed.cursor_story) is not None:
            self._read_story(story.id)

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Takes note of which pane has the keyboard (a click gives it too)."""
        if event.widget in (self.feed, self.detail):
            self.set_class(event.widget is self.detail, "reading")
            if event.widget is self.detail:
                self.feed.hold()

    def on_story_entered(self, message: messages.StoryEntered) -> None:
        """Goes into the text."""
        self.action_enter()

    def on_feed_turned(self, message: messages.FeedTurned) -> None:
        """Writes anew what speaks of the feed."""
        self._refresh_words()

    def on_detail_turned(self, message: messages.DetailTurned) -> None:
        """Writes the head of the detail pane anew."""
        position = self.detail.position
        page = self.detail.page
        name = "Item" if page is not None and page.item is not None else "Story"
        self.query_one("#detail-head", Bar).show([(name, "strong")], [(position, "muted")] if position else [])

    def on_end_neared(self, message: messages.EndNeared) -> None:
        """Reads older stories."""
        view = self.views.now
        if not view.reading and message.oldest is not None and message.oldest != view.older_asked:
            view.older_asked = message.oldest
            self.backstage.read_older(view.number, view.query, message.oldest)

    def on_link_clicked(self, message: messages.LinkClicked) -> None:
        """Opens the link."""
        self.feed.hold()
        self.backstage.open(message.url)

    async def on_key_clicked(self, message: messages.KeyClicked) -> None:
        """Runs the command."""
        await self.run_action(message.action)

    def on_asking_changed(self, message: messages.AskingChanged) -> None:
        """Says no more what was wrong with the query before it was changed."""
        if self._fault is not None:
            self._fault = None
            self._refresh_words()

    def on_asking_ended(self, message: messages.AskingEnded) -> None:
        """Leaves the prompt."""
        self._leave_prompt()

    def on_asked(self, message: messages.Asked) -> None:
        """Goes into the view that the query asks for, or says where the query can't be read."""
        if not message.text:
            self._leave_prompt()
            return
        if message.kind == WATCH:
            self._leave_prompt()
            self.watch_for(message.text)
            return
        try:
            self.ask_for(message.kind, message.text)
        except QueryError as error:
            if self.prompt is not None:
                self.prompt.fault(error.column)
            self._fault = error
            self._refresh_words()

    def ask_for(self, kind: str, text: str, query: str | None = None) -> None:
        """Goes into the view that a query asks for; `text` is its name where it isn't the query. Raises QueryError."""
        asked = self._parse(text if query is None else query)
        self._leave_prompt()
        self._keep_place()
        view = self.views.enter(kind, text, asked)
        self.backstage.watch(self.views.queries)
        self.backstage.read_first(view.number, asked)
        self.show_view(view)

    def show_view(self, view: View) -> None:
        """Shows a view where its reader left it."""
        self.backstage.watch(self.views.queries)
        self.feed.show(view.ledger, more=view.more, cursor=view.cursor, offset=view.offset)
        view.cursor = None
        self._refresh_words()

    def _keep_place(self) -> None:
        view, story = self.views.now, self.feed.cursor_story
        view.more = self.feed.more
        if story is not None and not self.feed.following:
            view.cursor, view.offset = self.feed.cursor, self.feed.cursor_row - self.feed.top

    def _leave_prompt(self) -> None:
        if self.prompt is not None:
            self.prompt.close()
        self.remove_class("asking")
        self._fault = None
        self._refresh_words()
        self.feed.focus()

    # --- what it says --------------------------------------------------------------------------------------------

    def say(self, text: str, *, error: bool = False) -> None:
        """Shows a notice in the status line; what went wrong stays twice as long."""
        if self.sources_overlay is not None and self.sources_overlay.is_attached:
            self.sources_overlay.say(text, error=error)
        self._flash = (text, error)
        if self._flash_timer is not None:
            self._flash_timer.stop()
        self._flash_timer = self.set_timer(FLASH_ERROR if error else FLASH, self._end_flash)
        self._refresh_words()

    def _end_flash(self) -> None:
        self._flash = None
        self._refresh_words()

    def dismiss_notice(self) -> None:
        """Takes away what has been read, a notice at a time; what still is wrong with the wire stays."""
        if self._flash is None:
            del self.standing.notices[:1]
        self.standing.hint = False
        self._end_flash()

    def _refresh_words(self) -> None:
        """Writes anew whatever speaks of the wire as a whole."""
        now, view = self._clock.now(), self.views.now
        left, right = status_line(self.standing, now, self._zone)
        room = self.app.size.width - 2
        left = self.with_alerts(left, self._flash, room)
        if self._fault is not None and self.prompt is not None:
            column = self._fault.column
            where = self.prompt.cell_of(column) - 1
            left, right = [(pointing(f"{self._fault} (column {column + 1})", where, room), "bad")], []
        left, rest = spill(left, room)
        self.query_one("#status", Bar).show(left, right)
        self.query_one("#keys", KeyBar).show_instead(rest)
        asked = None if view.kind == "all" else view.title
        self.feed.say(*empty_words(self.standing, now, asked=asked, reading=view.reading))
        self._refresh_feed_head()
        if self.sources_overlay is not None and self.sources_overlay.is_attached:
            self.sources_overlay.show_states(self.standing.states, now)

    def _refresh_feed_head(self) -> None:
        feed, view = self.feed, self.views.now
        mode = feed_mode(self.standing, following=feed.following, frozen=feed.frozen)
        total = self.standing.counts.get("stories") if view.kind == "all" else None
        count = f"{max(total or 0, len(feed.ledger)):,}" if total or not feed.more else f"{len(feed.ledger):,}+"
        hints = feed_hints(
            self.standing, self._clock.now(), following=feed.following, frozen=feed.frozen, unseen=feed.unseen
        )
        hints = self.joining_hints() or hints
        self.query_one("#feed-head", Bar).show([mode, (view.title, "strong"), (count, "muted")], hints)
