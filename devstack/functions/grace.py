"""How long a host that stops gives what runs, in seconds; whoever stops a host waits longer than that.

Azure gives more; a developer at the terminal waits less.
"""

from __future__ import annotations

from typing import Final

GRACE: Final = 5.0
"""For what runs to end by itself: requests, what the admin API has started, synchronous functions."""
LAST_WORDS: Final = 6.0
"""For requests that were cancelled then, to say so: a running turn of the chat writes its ``error`` frame."""
DRAIN: Final = 5.0
"""For the functions of queues, and for those of timers."""
DURABLE: Final = 2.0
"""For orchestrations, after queues and timers had theirs."""
LONGEST: Final = GRACE + LAST_WORDS + 2 * DRAIN + GRACE + DURABLE + GRACE
"""What all of it can add up to: requests, timers, queues, admin, durable, synchronous functions."""
