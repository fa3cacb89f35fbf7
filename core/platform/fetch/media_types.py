"""The media types that sources come in, as sets to pass to ``fetch(accept=...)``."""

from __future__ import annotations

PAGES = frozenset({"text/html", "application/xhtml+xml"})

XML = frozenset({"application/xml", "text/xml"})

FEEDS = XML | {"application/rss+xml", "application/atom+xml", "application/rdf+xml"}

GZIP = frozenset({"application/gzip", "application/x-gzip"})
"""Unpacked on the way, under the same size limit: sitemaps are published so."""

SITEMAPS = XML | GZIP | {"text/plain"}

JSON = frozenset({"application/json", "application/ld+json"})
