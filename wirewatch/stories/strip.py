"""A headline without the labels before it and the outlets and sources behind it."""

from __future__ import annotations

import re

_HEAD = re.compile(
    r"""(?xi)^\W{0,3}(?:
      (?:(?:update|wrapup|corrected|refile|rpt|brief|exclusive|breaking|urgent|alert|live|watch|video|factbox|analysis|timeline|explainer|just\ in|developing|exklusiv|eil|eilmeldung
        |exclusif|urgente|pilne|срочно|молния|última\ hora|ultim'ora|dernière\ minute|alerte|flash|newsalert|newsbreak|scoop|repeat|lead)\b
        \s*\d{0,2}\s*[-:|–—]+\s*)+
      | (?:UPDATE\s\d+|URGENT|BREAKING|ALERT|EXCLUSIVE|\(LEAD\)|\(\d(?:st|nd|rd|th)\ LD\)|【[^】]{1,6}】|(?:快讯|速報|独家|突发|عاجل)\s*[:：])\s*[-:]?\s*
      | (?:info|exclusif|exclusive)\s[\w ]{2,20}\s?[:|]\s
    )"""
)
_TAIL = re.compile(
    r"""(?xi)\s*(?:
        \s[-–—|]{1,2}\s*(?:sources?|source|reports?|report|media|state\s(?:media|tv)|reuters|bloomberg|ap|afp|bbc(?:\ news)?|cnn|cnbc|kyodo|wsj|ft|financial\ times|the\ [\w ]{3,30}|[\w]+\ (?:news|times|post|online|star\ online))
      | (?:,|\s–|\s-)\s(?:sources|source|officials?|reports?|police)\s(?:say|says|said)
      | :\s(?:sources?|reports?|reuters|bloomberg|ap|afp|wsj|ft|cnn|bbc)
      | \s\|\s[^|\d]{2,40}
      | \s?[(\[](?:video|photos?|update\s?\d*|updated|with\ video|watch|corrected|live|pics?)[)\]]
      | \s?(?:\.\.\.|…)
    )\s*$"""
)


def bare(headline: str) -> str:
    """The headline alone; the whole of it where nothing would be left."""
    text = headline.strip()
    for _ in range(4):
        shorter = _HEAD.sub("", text, count=1)
        shorter = _TAIL.sub("", shorter).strip()
        if shorter == text or len(shorter) < 6:
            break
        text = shorter
    return text
