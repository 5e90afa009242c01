"""What servers say in headers, read without trust: validators, times of freshness, times to wait."""

from __future__ import annotations

import re
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from wirewatch.clock import DAY, MINUTE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

WAIT_DEFAULT = 10 * MINUTE
WAIT_LEAST = MINUTE
WAIT_MOST = DAY
VALIDATOR_MOST = 8192
"""Characters of an ETag or Last-Modified that are kept; a longer one is no validator but an attack."""

_LISTS = frozenset({"cache-control", "content-encoding"})


def fields(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Header fields by lower-case name, one character a byte; list fields joined, of others the first counts."""
    found: dict[str, str] = {}
    for name, value in raw:
        key = name.decode("latin-1").lower()
        if key not in found:
            found[key] = value.decode("latin-1")
        elif key in _LISTS:
            found[key] += ", " + value.decode("latin-1")
    return found


def validator(value: str | None) -> str | None:
    """An ETag or Last-Modified to be kept as it came, or None."""
    return value if value and len(value) <= VALIDATOR_MOST else None


def echo(validator: str) -> bytes | None:
    """The bytes that a kept validator came as; None for one that no server can have sent."""
    try:
        sent = validator.encode("latin-1")
    except UnicodeEncodeError:
        return None
    return None if any(byte in sent for byte in b"\r\n\0") else sent


def moment(value: str | None) -> float | None:
    """Seconds since the epoch of an HTTP date, None where it isn't one. Without a zone it is UTC (RFC 9110, 5.6.7)."""
    if not value:
        return None
    try:
        stamp = parsedate_to_datetime(value.strip())
        return (stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def wait(found: Mapping[str, str], now: float) -> float:
    """Seconds to wait as Retry-After says, from 1 minute to 24 hours; 10 minutes where it says nothing readable.

    A date is measured from the server's own clock where that is given (RFC 9110, 10.2.3).
    """
    value = found.get("retry-after", "").strip()
    if re.fullmatch(r"[+-]?[0-9]{1,18}(\.[0-9]*)?", value):
        return _clamped(float(value))
    until = moment(value)
    if until is None:
        return WAIT_DEFAULT
    return _clamped(until - (moment(found.get("date")) or now))


def _clamped(seconds: float) -> float:
    return min(max(seconds, WAIT_LEAST), WAIT_MOST)


def max_age(found: Mapping[str, str], now: float) -> float | None:
    """Seconds for which the answer is fresh (RFC 9111, 4.2); 0 when it never is; None when nothing readable is said."""
    control = found.get("cache-control", "").casefold()
    directives = [part.strip().partition("=") for part in control.split(",")]
    if any(name.strip() in {"no-store", "no-cache"} for name, _, _ in directives):
        return 0.0
    for name, _, value in directives:
        if name.strip() == "max-age":
            seconds = re.fullmatch(r'"?(-?[0-9]{1,15})"?', value.strip())
            if seconds is None:
                return None
            age = re.fullmatch(r"[0-9]{1,15}", found.get("age", "").strip())
            return max(0.0, float(seconds[1]) - (float(age[0]) if age else 0.0))
    if "expires" in found:
        expires = moment(found["expires"])
        return 0.0 if expires is None else max(0.0, expires - (moment(found.get("date")) or now))
    return None
