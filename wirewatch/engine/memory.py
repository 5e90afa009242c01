"""What a process that runs for weeks does about its memory, so that neither its size nor its pauses grow."""

from __future__ import annotations

import contextlib
import gc

LARGE = 128 * 1024
"""Bytes from which on a block is the system's again as soon as it is freed."""
COLLECT = (4_000, 5, 50)
"""Objects after which the youngest are looked at, and how many looks before the older ones are, and the oldest."""
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # mallopt(3), glibc


def give_back() -> None:
    """Has this process keep no more free memory than it needs, where its C library can be told so.

    glibc raises both thresholds with the largest block that was ever freed, up to 32 MB, and then keeps what lies
    between blocks that are still in use. A process that runs for weeks would hold what its worst feed once took.
    """
    import ctypes

    with contextlib.suppress(AttributeError, OSError, TypeError):  # another C library, or another system
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_TRIM_THRESHOLD, LARGE)
        mallopt(_MMAP_THRESHOLD, LARGE)


def settle() -> None:
    """Has collections pass over all that is there now, and look at what comes to stay later as seldom as the desk does.

    Each look at all that there is took 40 ms, in which nothing else ran.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT)
