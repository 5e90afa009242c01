"""An alert as programs get it: one object of plain values, and the fields of a hook's template and environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wirewatch import text
from wirewatch.clock import rfc3339

if TYPE_CHECKING:
    from wirewatch.model import Alert

LEVELS = ("flash", "urgent", "important", "normal", "routine")
WORDS = {
    "new": "ALERT",
    "grown": "GROWING",
    "raised": "MORE URGENT",
    "corrected": "CORRECTED",
    "killed": "KILLED",
    "flood": "MORE ALERTS",
    "quiet": "QUIET HOURS",
}
"""What kind of alert it is, for people."""


def alert_object(alert: Alert) -> dict[str, Any]:
    """The alert as JSON has it; times are RFC 3339, UTC."""
    return {
        "number": alert.n,
        "time": rfc3339(alert.at),
        "why": alert.why,
        "state": alert.state,
        "rule": alert.rule or None,
        "reason": alert.reason or None,
        "story": alert.story or None,
        "headline": alert.headline,
        "source": alert.source or None,
        "url": alert.url,
        "priority": alert.priority,
        "outlets": alert.outlets,
        "flags": alert.flags,
        "count": alert.count or None,
        "channels": alert.channels,
        "acked": None if alert.acked is None else rfc3339(alert.acked),
    }


def alert_fields(alert: Alert) -> dict[str, str]:
    """The same as one line of clean text for each field: `headline`, `priority` (`urgent`), `flags` (with commas) …"""
    shown = alert_object(alert)
    shown["priority"] = LEVELS[min(max(alert.priority, 0), 4)]
    shown["flags"] = ", ".join(alert.flags)
    names = ("headline", "source", "url", "story", "rule", "reason", "why", "priority", "outlets", "flags", "time")
    return {name: _line(shown[name]) for name in (*names, "number")} | {"url": text.link(alert.url) or ""}


def title_of(alert: Alert) -> str:
    """The head of a notification: `ALERT · Meridian`, `KILLED · Meridian`, `MORE ALERTS`."""
    return text.title(" · ".join(filter(None, (WORDS[alert.why], alert.source))))


def body_of(alert: Alert) -> str:
    """Its text: the headline, and why it is told."""
    return text.summary("\n".join(filter(None, (alert.headline, alert.reason, alert.url))))


def _line(value: object) -> str:
    return "" if value is None else text.title(str(value))
