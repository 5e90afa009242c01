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
        about = self.about
        if (
            about is not None
            and about.is_attached
            and any(about.story_id in (change.story_id, change.into) for change in changes)
        ):
            about.ask_again()

    def action_about(self, subject: str) -> None:
        """Opens the overlay that speaks of the story under the cursor."""
        story = self._held_story()
        if story is None:
            return
        from wirewatch.screens.why import About

        def ask(subject: str, width: int) -> None:
            self.backstage.read_lines(story.id, subject, None, width)

        self.about = About(story, subject, ask, self._keymap)
        self.app.push_screen(self.about)

    def on_lines_read(self, message: messages.LinesRead) -> None:
        """Gives the overlay what was laid out for it."""
        if self.about is not None and self.about.story_id == message.story_id:
            self.about.show(message.subject, message.lines)
