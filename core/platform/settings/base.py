"""How settings are read: one small class a concern, each value by its alias, once."""

from __future__ import annotations

import json
from functools import cache
from typing import Annotated, Protocol

from pydantic import BeforeValidator, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class SettingsError(RuntimeError):
    """A setting is missing or wrong; the message names it and never shows its value."""


class Settings(BaseSettings):
    """Base of one concern's settings; each field's alias is the setting's name."""

    model_config = SettingsConfigDict(
        extra="ignore", frozen=True, env_ignore_empty=True, case_sensitive=True, hide_input_in_errors=True
    )


def _split(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def read_json(value: object) -> object:
    """Return a value that is written as JSON, read."""
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        raise ValueError("is not JSON") from None  # the library's own message would quote the value


type CommaList = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
type JsonList[M] = Annotated[tuple[M, ...], NoDecode, BeforeValidator(read_json)]


class _Reader(Protocol):
    """What ``get`` is: ``functools.cache`` forgets the type of a generic function."""

    def __call__[S: Settings](self, kind: type[S]) -> S:
        """Return the settings of one concern.

        Raises:
            SettingsError: a value is missing or wrong.
        """
        ...

    def cache_clear(self) -> None:
        """Forget what was read."""
        ...


def _read[S: Settings](kind: type[S]) -> S:
    try:
        return kind()
    except ValidationError as error:
        reasons = "; ".join(
            f"{'.'.join(map(str, item['loc'])) or kind.__name__}: {item['msg']}" for item in error.errors()
        )
        raise SettingsError(f"Check the app settings. {reasons}") from None


get: _Reader = cache(_read)
