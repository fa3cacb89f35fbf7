"""What has to be true when the weather is fine again, each with how many things it was checked on."""

from __future__ import annotations

from tests.soak.invariants import answers, kept, leaks, once, owned
from tests.soak.invariants.verdict import Verdict

__all__ = ["Verdict", "answers", "kept", "leaks", "once", "owned"]
