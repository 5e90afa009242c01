"""What the desk does with the items of a story: why they are one, who had it first, what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirewatch.screens.commands import Commands

if TYPE_CHECKING:
    from wirewatch.model import Change
    from wirewatch.screens.why import About
    from wirewatch.widgets import messages


class Stories(Commands):
    """The commands that look into a story, and what the threads answer to them."""

    about: About | None = None
    """The overlay that speaks of one story, while it is open."""

    def story_changed(self, changes: list[Change]) -> None:
        """Has what is shown of a story read anew where the log tells of it."""
        for change in changes:
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
