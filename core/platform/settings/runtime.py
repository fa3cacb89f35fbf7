"""Where the app runs and what it keeps its data in."""

from __future__ import annotations

import re

from pydantic import Field, HttpUrl, SecretStr, field_validator, model_validator

from core.platform.settings.base import CommaList, Settings

_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?")
"""A serialised origin (RFC 6454 §6.2); other schemes than http are those of apps' web views."""


class RuntimeSettings(Settings):
    """Where the app runs."""

    worker_runtime: str = Field(
        "python", alias="FUNCTIONS_WORKER_RUNTIME", description="The Functions language worker; `python`."
    )
    cors_allowed_origins: CommaList = Field(
        (), alias="CORS_ALLOWED_ORIGINS", description="Exact origins of web clients, comma separated."
    )
    azure_instance_id: str | None = Field(
        None, alias="WEBSITE_INSTANCE_ID", description="Set by Azure on every instance; do not set it."
    )
    azure_site_name: str | None = Field(
        None, alias="WEBSITE_SITE_NAME", description="Set by Azure on every instance; do not set it."
    )

    @property
    def in_azure(self) -> bool:
        """Whether this is certainly Azure, where nothing meant for development opens."""
        return bool(self.azure_instance_id or self.azure_site_name)

    @field_validator("cors_allowed_origins")
    @classmethod
    def _are_exact(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            if not _ORIGIN.fullmatch(origin):
                raise ValueError(
                    "each origin is scheme://host or scheme://host:port, in lower case, no * and no path"
                )
        return origins


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
    blob_uri: HttpUrl | None = Field(
        None,
        alias="StorageQueue__blobServiceUri",
        description="The blob service, where it is not at the account's name in the public cloud.",
    )
    queue_uri: HttpUrl | None = Field(
        None,
        alias="StorageQueue__queueServiceUri",
        description="The queue service, for the triggers too, where no connection string is set.",
    )
    archive_container: str = Field(
        "originals", alias="ARCHIVE_CONTAINER_NAME", description="Blob container of untouched originals."
    )

    @model_validator(mode="after")
    def _one_way_in(self) -> StorageSettings:
        if self.connection is None and self.account_name is None and not (self.blob_uri and self.queue_uri):
            raise ValueError(
                "set StorageQueue, or STORAGE_ACCOUNT_NAME (with STORAGE_ACCOUNT_KEY), or both "
                "StorageQueue__blobServiceUri and StorageQueue__queueServiceUri"
            )
        return self

    @property
    def blobs(self) -> str:
        """URL of the blob service, where no connection string says it."""
        return str(self.blob_uri or f"https://{self.account_name}.blob.core.windows.net")

    @property
    def queues(self) -> str:
        """URL of the queue service, where no connection string says it."""
        return str(self.queue_uri or f"https://{self.account_name}.queue.core.windows.net")


class SigningSettings(Settings):
    """The key behind signed URLs."""

    url_signing_key: SecretStr = Field(
        alias="URL_SIGNING_KEY",
        min_length=32,
        description="Secret behind signed URLs, 32 characters or more.",
    )
