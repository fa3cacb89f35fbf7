"""A module that is not installed."""

from a_library_nobody_installed import app

__all__ = ["app"]
