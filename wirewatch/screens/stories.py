"""What the desk does with the items of a story: why they are one, who had it first, what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirewatch.screens.commands import Commands
from wirewatch.widgets.commands import COMMANDS, keys_of

if TYPE_CHECKING:
    from wirewatch.model import Change
    from wirewatch.screens.why import About
    from wirewatch.widgets import messages
    from wirewatch.widgets.bars import Part


class Stories(Commands):
    """The commands that look into a story, and what the threads answer to them."""

    about: About | None = None
    """The overlay that speaks of one story, while it is open."""

    def story_changed(self, changes: list[Change]) -> None:
        """Has what is shown of a story read anew where the log tells of it."""
        picked_up = self.feed.picked_up
        for change in changes:
            if change.story is None and change.story_id == picked_up:
                self.feed.pick_up(change.into)
            if self.feed.roll.is_unfolded(change.story_id) and (still := change.into or change.story_id):
                self.backstage.read_branches(still)
        about = self.about
        if (
            about is not None
            and about.is_attached
            and any(about.story_id in (change.story_id, change.into) for change in changes)
        ):
            about.ask_again()

    @property
    def cursor_item(self) -> str | None:
        """The item under the cursor; None where it stands on a story's own row."""
        branch = self.feed.cursor_branch
        return branch.item if branch else None

    def action_unfold(self) -> None:
        """Shows the items of the story under the cursor; where it does so already, goes to the first."""
        story = self._held_story()
        if story is None:
            return
        if story.items < 2:
            self.say("This story has one item only.")
        elif not self.feed.roll.is_unfolded(story.id):
            self.backstage.read_branches(story.id)
        elif self.feed.cursor_branch is None:
            self.feed.move_by(1)

    def action_fold(self) -> None:
        """Shows the story's own row only."""
        story = self._held_story()
        if story is not None:
            self.feed.fold(story.id)

    def on_branches_read(self, message: messages.BranchesRead) -> None:
        """Shows the items below their story, or folds it up where there is but one left."""
        if len(message.branches) > 1:
            self.feed.unfold(message.story_id, message.branches)
        else:
            self.feed.fold(message.story_id)

    def action_part(self) -> None:
        """Takes the item under the cursor out of its story."""
        story, item = self._held_story(), self.feed.cursor_branch
        if story is None:
            return
        if item is None:
            keys = "l unfolds it, x on an item takes that out" if story.items > 1 else "it has one item only"
            self.say(f"This is a whole story: {keys}.")
            return
        self._marks.say("part", item.item, story.id)
        self.say(f"Taken out: a story of its own from now on (u takes it back){self._unless()}.")

    def action_join(self) -> None:
        """Picks the story under the cursor up; on another one, joins the two."""
        story, other = self._held_story(), self.feed.picked_up
        if story is None:
            return
        if other is None:
            self.feed.pick_up(story.id)
            return
        self.feed.pick_up(None)
        if other == story.id:
            self.say("Let go: a story is joined with another one.")
            return
        self._marks.say("join", other, story.id)
        self.say(f"Joined: one story from now on (u takes it back){self._unless()}.")

    def joining_hints(self) -> list[Part]:
        """What to press while a story is picked up; nothing while none is."""
        if self.feed.picked_up is None:
            return []
        command = next(command for command in COMMANDS if command.id == "join")
        key = keys_of(command, self._keymap).partition(" ")[0]
        return [(f"{key} on another story joins ⊕ with it", "key"), ("Esc lets go", "muted")]

    def _unless(self) -> str:
        return "" if self.standing.engine is not None else "; done as soon as an engine runs"

    def on_word_failed(self, message: messages.WordFailed) -> None:
        """Says why what the reader wanted isn't done."""
        self._marks.unsaid(message.word)
        self.say(f"That wasn't done: {message.reason}", error=True)

    def action_back(self) -> None:
        """Lets go of what was picked up; else as everywhere."""
        if self.feed.picked_up is not None:
            self.feed.pick_up(None)
        else:
            super().action_back()

    def action_about(self, subject: str) -> None:
        """Opens the overlay that speaks of the story under the cursor."""
        story = self._held_story()
        if story is None:
            return
        from wirewatch.screens.why import About

        item = self.cursor_item

        def ask(subject: str, width: int) -> None:
            self.backstage.read_lines(story.id, subject, item, width)

        self.about = About(story, subject, ask, self._keymap)
        self.app.push_screen(self.about)

    def on_lines_read(self, message: messages.LinesRead) -> None:
        """Gives the overlay what was laid out for it."""
        if self.about is not None and self.about.story_id == message.story_id:
            self.about.show(message.subject, message.lines)
