"""Bytes to text where the declared charset may be missing or wrong.

Order: byte order mark, ``Content-Type``, the document's own XML or meta declaration, UTF-8, best guess. A
declaration under which the bytes make no sense is passed over. A document that is valid UTF-8 is taken as
such even if a single-byte charset is declared, the commonest mistake of all: in those any bytes are valid.
"""

from __future__ import annotations

from collections.abc import Iterator

from w3lib.encoding import html_body_declared_encoding, read_bom, resolve_encoding

_SAMPLE = 64 * 1024
"""Bytes the guess looks at; it is slow on more."""

_LAST_RESORT = "cp1252"

_MULTI_BYTE = frozenset(
    [
        "utf-8",
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "utf-32-le",
        "utf-32-be",
        "gb18030",
        "gbk",
        "gb2312",
        "big5",
        "big5hkscs",
        "shift_jis",
        "cp932",
        "euc_jp",
        "euc_kr",
        "cp949",
        "iso2022_jp",
    ]
)
_SINGLE_BYTE = frozenset(
    {f"cp{number}" for number in (437, 866, 874, *range(1250, 1259))}
    | {f"iso8859-{number}" for number in range(1, 17) if number != 12}
    | {"koi8-r", "koi8-u", "mac-roman", "mac-cyrillic", "ascii", "latin-1"}
)
"""Charsets a page may be in; Python knows more, some not for strangers to choose: UTF-7, unicode-escape."""


def decode(body: bytes, declared: str | None) -> str:
    """Return ``body`` as text, without byte order mark; what fits nowhere becomes U+FFFD."""
    marked, mark = read_bom(body)
    if marked is not None and mark is not None:
        return body[len(mark) :].decode(marked, errors="replace")
    for charset in _candidates(body, declared):
        try:
            return body.decode(charset)
        except (UnicodeDecodeError, LookupError):
            continue
    return body.decode(_LAST_RESORT, errors="replace")


def _candidates(body: bytes, declared: str | None) -> Iterator[str]:
    labels = (_known(declared), _known(html_body_declared_encoding(body)))
    if any(label in _MULTI_BYTE for label in labels):
        yield from (label for label in labels if label in _MULTI_BYTE)
    yield "utf-8"
    yield from (label for label in labels if label is not None)
    if (guess := _guessed(body)) is not None:
        yield guess


def _known(label: str | None) -> str | None:
    name = resolve_encoding(label) if label else None
    return name if name in _MULTI_BYTE | _SINGLE_BYTE else None


def _guessed(body: bytes) -> str | None:
    from charset_normalizer import from_bytes

    best = from_bytes(body[:_SAMPLE]).best()
    return best.encoding if best is not None else None
