"""The bundled wire: a day of breaking news by invented outlets, served over loopback as real feeds."""

from __future__ import annotations

import json
from importlib import resources

__all__ = ["config_text"]


def config_text(port: int) -> str:
    """The demo's configuration as TOML, with its sources on a port of 127.0.0.1.

    It names watched words and people of the day (`wirewatch/demo/desk.toml`) and every outlet of the wire, and is read
    by the same loader as a user's own.
    """
    from wirewatch.demo.server import address
    from wirewatch.demo.wire import bundled

    desk = (resources.files("wirewatch.demo") / "desk.toml").read_text("utf-8")
    lines = [desk.rstrip(), ""]
    for outlet in bundled().outlets.values():
        lines += [
            "[[source]]",
            f"name = {_quoted(outlet.name)}",
            f"url = {_quoted(address(outlet, port))}",
            f"kind = {_quoted(outlet.kind)}",
            f"language = {_quoted(outlet.language)}",
            f'every = "{outlet.every:g}s"',
            f"tags = [{', '.join(map(_quoted, ('demo', *outlet.tags)))}]",
            "",
        ]
    return "\n".join(lines)


def _quoted(text: str) -> str:
    """A TOML basic string; JSON's escapes are among TOML's."""
    return json.dumps(text, ensure_ascii=False)
