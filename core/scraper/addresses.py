"""Addresses in one form, so that the same page is the same thing however it was linked to."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from core.platform.ids import stable_id

LONGEST: Final = 2000
_TRACKING: Final = re.compile(
    r"utm_\w+|(?:g|fb|tw|ms|y|db|ttc|wbra|gbra|srslt)clid|srsltid|mc_[ce]id|igshid?|_ga|_gl|_pos|_sid|_ss|_psq"
    r"|ref_?|referrer|aff(?:iliate)?(?:_?id)?|phpsessid|jsessionid|sessionid|cmpid|icid|pr_prod_strat|pr_rec_\w+"
    r"|pr_ref_pid|pr_seq|pr_rec_pid",
    re.IGNORECASE,
)
"""Query parameters that tell who sent a reader, never what the reader sees."""
_PORTS: Final = {"http": 80, "https": 443}


def canonical(url: object, base: str = "") -> str | None:
    """Return ``url`` (relative to ``base``) in canonical form; ``None`` where it is no web address.

    Scheme and host in lower case, the host in its ASCII form, no default port, no credentials, dots resolved,
    the query sorted and without tracking, no fragment (RFC 3986, section 6; w3lib's ``canonicalize_url``).
    """
    from w3lib.url import canonicalize_url

    if not isinstance(url, str) or not url.strip():
        return None
    try:
        joined = urljoin(base, url.strip())
        if urlsplit(joined).scheme not in _PORTS:
            return None
        parts = urlsplit(canonicalize_url(joined))
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return None
    if not host or parts.username is not None:
        return None
    where = f"[{host}]" if ":" in host else host
    if port is not None and port != _PORTS[parts.scheme]:
        where = f"{where}:{port}"
    found = urlunsplit((parts.scheme, where, parts.path or "/", _told(parts.query), ""))
    return found if len(found) <= LONGEST else None


def site_of(url: str) -> str:
    """Return the site of a canonical address: its host without ``www.``, and any unusual port."""
    return urlsplit(url).netloc.removeprefix("www.")


def item_id(site: str, url: str) -> str:
    """Return the id of what lies at canonical ``url``, as a source of ``site`` finds it.

    The scheme and ``www.`` do not tell things apart. The site does: what a source says of other people's
    pages never becomes what they say of themselves.
    """
    parts = urlsplit(url)
    return stable_id("feed-item", site, site_of(url), parts.path, parts.query)


def source_id(kind: str, url: str) -> str:
    """Return the id of the source of ``kind`` at canonical ``url``."""
    return stable_id("source", kind, url)


def _told(query: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True, errors="surrogateescape")
    told = [(name, value) for name, value in pairs if not _TRACKING.fullmatch(name)]
    return urlencode(told, errors="surrogateescape")
