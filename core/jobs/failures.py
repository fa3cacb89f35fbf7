"""Which failures trying again can mend, and what is said about them to the job's owner."""

from __future__ import annotations

from dataclasses import dataclass

from core.platform import errors
from core.platform.errors import DomainError

HOPELESS = (
    errors.Malformed,
    errors.Forbidden,
    errors.NotFound,
    errors.Gone,
    errors.TooLarge,
    errors.UnsupportedMedia,
    errors.Invalid,
)
"""Families that say the input itself is wrong: the same input fails the same way every time."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an attempt failed; ``retry_after`` in seconds where a service said how long to wait."""

    reason: str
    hopeless: bool
    retry_after: float | None = None


def classify(error: Exception) -> Failure:
    """Tell what ``error`` means for the job; what nobody expected is worth another try."""
    if isinstance(error, DomainError):
        return Failure(error.detail, isinstance(error, HOPELESS), error.retry_after)
    return Failure(f"An unexpected {type(error).__name__}; it has been logged.", hopeless=False)
