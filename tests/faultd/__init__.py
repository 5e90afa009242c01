"""A loopback server that does on purpose what servers on the internet do: each network fault is a path."""

from tests.faultd.blackhole import blackhole
from tests.faultd.faults import FEED
from tests.faultd.names import Names
from tests.faultd.server import Exchange, FaultServer, Seen, trusting

__all__ = ["FEED", "Exchange", "FaultServer", "Names", "Seen", "blackhole", "trusting"]
