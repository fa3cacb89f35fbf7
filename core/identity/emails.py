"""One spelling per address, because the address of a local sign-in decides which account it is."""

from __future__ import annotations

import re

_LONGEST = 254  # RFC 5321 4.5.3.1.3, less the angle brackets
_LOCAL = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ADDRESS = re.compile(rf"(?=.{{1,64}}@){_LOCAL}@{_LABEL}(?:\.{_LABEL})+", re.ASCII)


def normalised(address: str) -> str:
    """Return the address trimmed and in lower case.

    Raises:
        ValueError: it is not an address of the plain ASCII form ``name@host.domain``.
    """
    trimmed = address.strip()
    if len(trimmed) > _LONGEST:
        raise ValueError(f"an email address has at most {_LONGEST} characters")
    plain = trimmed.lower()
    # Before lowering: the Kelvin sign becomes an ASCII k, and with it somebody else's address.
    if not trimmed.isascii() or _ADDRESS.fullmatch(plain) is None:
        raise ValueError("must be an email address such as name@example.org")
    return plain
