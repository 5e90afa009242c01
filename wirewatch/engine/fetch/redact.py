"""Keeps secrets out of whatever is shown or logged: user, password and tokens of any URL in a text."""

from __future__ import annotations

import logging
import re

from wirewatch.config.urls import HIDDEN, redacted

_URL = re.compile(r"[a-z][a-z0-9+.-]*://[^\s<>\"'`|]+", re.IGNORECASE)
_HEADER = re.compile(
    r"(?P<name>(?:proxy-)?authorization|(?:set-)?cookie)(?P<between>['\"]?\s*[:=,]\s*b?['\"]?)[^\r\n'\"]+",
    re.IGNORECASE,
)


def redact(text: str) -> str:
    """The text with the secrets of every URL and of every authorization or cookie header in it blanked out."""
    if "://" in text:
        text = _URL.sub(lambda found: redacted(found[0]), text)
    return _HEADER.sub(rf"\g<name>\g<between>{HIDDEN}", text)


class Redacting(logging.Filter):
    """Rewrites the message of a record so that no handler behind it sees a secret."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Never drops a record."""
        record.msg, record.args = redact(record.getMessage()), None
        return True


_REDACTING = Redacting()


def quiet_loggers() -> None:
    """httpx logs every URL in full at INFO and httpcore every header at DEBUG: warnings only, and redacted.

    A filter set on a parent logger isn't asked for its children's records, so each logger that speaks gets it.
    """
    for name in ("httpx", "httpcore", "httpcore.connection", "httpcore.http11", "httpcore.proxy"):
        logger = logging.getLogger(name)
        logger.setLevel(logging.WARNING)
        if _REDACTING not in logger.filters:
            logger.addFilter(_REDACTING)
