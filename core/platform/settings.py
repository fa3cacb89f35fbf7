"""Settings by concern, read once from the environment and checked before they are used.

A wrong or missing value fails with a sentence that names the setting; secrets never print. Importing
pydantic-settings costs more than the rest of a cold start, so this module is imported where a setting is
first needed, never at the top of a module that ``function_app`` pulls in.
"""

from __future__ import annotations

from functools import cache
from typing import Annotated

from pydantic import BeforeValidator, Field, HttpUrl, SecretStr, ValidationError, model_validator
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


type CommaList = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]


@cache
def get[S: Settings](kind: type[S]) -> S:
    """Return the settings of one concern.

    Raises:
        SettingsError: a value is missing or wrong.
    """
    try:
        return kind()
    except ValidationError as error:
        reasons = "; ".join(
            f"{'.'.join(map(str, item['loc'])) or kind.__name__}: {item['msg']}" for item in error.errors()
        )
        raise SettingsError(f"Check the app settings. {reasons}") from None


class RuntimeSettings(Settings):
    """Where the app runs."""

    worker_runtime: str = Field(
        "python", alias="FUNCTIONS_WORKER_RUNTIME", description="The Functions language worker; `python`."
    )
    cors_allowed_origins: CommaList = Field(
        (), alias="CORS_ALLOWED_ORIGINS", description="Exact origins of web clients, comma separated."
    )


class CosmosSettings(Settings):
    """The Cosmos DB for NoSQL account."""

    endpoint: HttpUrl = Field(alias="COSMOS_DB_ENDPOINT", description="Account endpoint.")
    key: SecretStr | None = Field(
        None, alias="COSMOS_DB_KEY", description="Account key; empty: managed identity."
    )
    database: str = Field("pluckit", alias="COSMOS_DB_DATABASE", description="Database name.")


class StorageSettings(Settings):
    """The Storage account with blobs and queues."""

    connection: SecretStr | None = Field(
        None, alias="StorageQueue", description="Connection string of the Storage account."
    )
    account_name: str | None = Field(
        None, alias="STORAGE_ACCOUNT_NAME", description="Account name, where no connection string is set."
    )
    account_key: SecretStr | None = Field(
        None, alias="STORAGE_ACCOUNT_KEY", description="Account key; empty: managed identity."
    )
    archive_container: str = Field(
        "originals", alias="ARCHIVE_CONTAINER_NAME", description="Blob container of untouched originals."
    )

    @model_validator(mode="after")
    def _one_way_in(self) -> StorageSettings:
        if self.connection is None and self.account_name is None:
            raise ValueError("set StorageQueue, or STORAGE_ACCOUNT_NAME (with STORAGE_ACCOUNT_KEY)")
        return self


class OpenAISettings(Settings):
    """The language model: Azure OpenAI, or any OpenAI-compatible endpoint."""

    azure_endpoint: HttpUrl | None = Field(
        None, alias="AZURE_OPENAI_ENDPOINT", description="Azure OpenAI resource endpoint."
    )
    azure_api_key: SecretStr | None = Field(
        None, alias="AZURE_OPENAI_API_KEY", description="Its key; empty: managed identity."
    )
    deployment: str = Field(
        "gpt-4.1-mini", alias="AZURE_OPENAI_DEPLOYMENT", description="Deployment, or model name."
    )
    base_url: HttpUrl | None = Field(
        None,
        alias="OPENAI_BASE_URL",
        description="OpenAI-compatible endpoint, where no Azure one is set.",
    )
    api_key: SecretStr | None = Field(None, alias="OPENAI_API_KEY", description="Key for OPENAI_BASE_URL.")
    timeout_seconds: float = Field(
        60, alias="AI_TIMEOUT_SECONDS", gt=0, le=200, description="Longest wait for one model call."
    )

    @model_validator(mode="after")
    def _one_endpoint(self) -> OpenAISettings:
        if self.azure_endpoint is None and self.base_url is None:
            raise ValueError("set AZURE_OPENAI_ENDPOINT or OPENAI_BASE_URL")
        return self


class SigningSettings(Settings):
    """The key behind signed URLs."""

    url_signing_key: SecretStr = Field(
        alias="URL_SIGNING_KEY",
        min_length=32,
        description="Secret behind signed URLs, 32 characters or more.",
    )
