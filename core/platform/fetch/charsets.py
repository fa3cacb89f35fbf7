"""Bytes to text where the declared charset may be missing or wrong.

Order: byte order mark, ``Content-Type``, the document's own XML or meta declaration, UTF-8, best guess. A
declaration under which the bytes make no sense is passed over. A document that is valid UTF-8 is taken as
such even if a single-byte charset is declared, the commonest mistake of all: in those any bytes are valid.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from w3lib.encoding import html_body_declared_encoding, read_bom, resolve_encoding

_SAMPLE = 64 * 1024
"""Bytes the guess looks at; it is slow on more."""

_HEAD = 1024
"""Bytes in which text shows that it is none."""

_WESTERN = "cp1252"

_WIDE = frozenset({"utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"})
_MULTI_BYTE = _WIDE | {"utf-8", "gb18030", "big5hkscs", "cp932", "euc_jp", "cp949", "iso2022_jp"}
_OTHER_ALPHABETS = frozenset(
    {"cp1251", "koi8-r", "koi8-u", "mac-cyrillic", "cp866", "cp1253", "cp1255", "cp1256", "cp874"}
    | {f"iso8859-{number}" for number in (5, 6, 7, 8, 11)}
)
_LATIN = frozenset(
    {_WESTERN, "cp1250", "cp1254", "cp1257", "cp1258", "mac-roman"}
    | {f"iso8859-{number}" for number in (2, 3, 4, 9, 10, 13, 14, 15, 16)}
)
_KNOWN = _MULTI_BYTE | _OTHER_ALPHABETS | _LATIN
"""Charsets a page may be in, by the names that w3lib gives them after the WHATWG's Encoding Standard.

Python knows more, some not for strangers to choose: UTF-7, unicode-escape.
"""


def decode(body: bytes, declared: str | None) -> str:
    """Return ``body`` as text, without byte order mark; what fits nowhere becomes U+FFFD."""
    marked, mark = read_bom(body)
    if marked is not None and mark is not None:
        return body[len(mark) :].decode(marked, errors="replace")
    for charset in _candidates(body, declared):
        try:
            return body.decode(charset)
        except UnicodeDecodeError:
            continue
    return body.decode(_WESTERN, errors="replace")


def is_binary(body: bytes, declared: str | None) -> bool:
    """Tell whether ``body`` is no text at all: only the wide charsets have NULs in text, and say so."""
    head = body[:_HEAD]
    return b"\0" in head and read_bom(head)[0] is None and _known(declared) not in _WIDE


def _candidates(body: bytes, declared: str | None) -> Iterator[str]:
    labels = [
        label for label in (_known(declared), _known(html_body_declared_encoding(body))) if label is not None
    ]
    yield from (label for label in labels if label in _MULTI_BYTE)
    yield "utf-8"
    yield from (label for label in labels if label not in _MULTI_BYTE)
    if (guess := _guessed(body)) is not None:
        yield guess


def _known(label: str | None) -> str | None:
    name = resolve_encoding(label) if label else None
    return name if name in _KNOWN else None


def _guessed(body: bytes) -> str | None:
    """Return the likeliest charset, if it is of another alphabet; between Latin ones a guess is a toss-up."""
    from charset_normalizer import from_bytes

    best = from_bytes(body[:_SAMPLE]).best()
    name = codecs.lookup(best.encoding).name if best is not None else None
    return name if name in _OTHER_ALPHABETS | _MULTI_BYTE else None
