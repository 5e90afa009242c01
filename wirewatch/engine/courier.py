"""Carries one alert to chats and mail through apprise: `python -m wirewatch.engine.courier`, the letter on stdin.

A process of its own: apprise and what it loads stay out of the engine, and one that hangs can be killed.
"""

from __future__ import annotations

import json
import sys


def main() -> int:
    """Sends `{"addresses": […], "title": …, "body": …}`; 1 with a sentence on stdout where a service didn't take it.

    No address is ever printed: they hold passwords.
    """
    from importlib import import_module

    apprise = import_module("apprise")
    letter = json.load(sys.stdin)
    carrier = apprise.Apprise()
    unknown = sum(not carrier.add(address) for address in letter["addresses"])
    if unknown:
        sys.stdout.write(f"{unknown} of {len(letter['addresses'])} addresses are none that apprise knows. ")
    if not carrier or not carrier.notify(title=letter["title"], body=letter["body"], body_format="text"):
        sys.stdout.write("A service didn't take the message.")
        return 1
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())
