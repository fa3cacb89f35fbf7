"""Settings by concern, read once from the environment and checked before they are used.

A wrong or missing value fails with a sentence that names the setting; secrets never print. Importing
pydantic-settings costs more than the rest of a cold start, so this module is imported where a setting is
first needed, never at the top of a module that ``function_app`` pulls in.
"""

from __future__ import annotations

from functools import cache
from typing import Annotated, Literal

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
    daily_token_budget: int = Field(
        200_000,
        alias="AI_DAILY_TOKEN_BUDGET",
        ge=1,
        description="Tokens one person may use in a day (UTC), over all purposes.",
    )

    @model_validator(mode="after")
    def _one_endpoint(self) -> OpenAISettings:
        if self.azure_endpoint is None and self.base_url is None:
            raise ValueError("set AZURE_OPENAI_ENDPOINT or OPENAI_BASE_URL")
        return self


class SegmentationSettings(Settings):
    """The service that finds the garment in a photo (docs/segmentation.md)."""

    endpoint: HttpUrl = Field(alias="SEGMENTATION_ENDPOINT_URL", description="Where pictures are posted.")
    token: SecretStr = Field(alias="SEGMENTATION_SHARED_TOKEN", description="Bearer token it expects.")
    timeout_seconds: float = Field(
        30, alias="SEGMENTATION_TIMEOUT_SECONDS", gt=0, le=90, description="Longest wait for one mask."
    )


class SigningSettings(Settings):
    """The key behind signed URLs."""

    url_signing_key: SecretStr = Field(
        alias="URL_SIGNING_KEY",
        min_length=32,
        description="Secret behind signed URLs, 32 characters or more.",
    )


class AuthSettings(Settings):
    """Access tokens, sessions, and who may do what."""

    signing_keys: SecretStr = Field(
        alias="AUTH_SIGNING_KEYS",
        description="JSON list of private Ed25519 JWKs with kid; the first signs, all verify.",
    )
    issuer: str = Field("pluckit", alias="AUTH_ISSUER", description="`iss` of our access tokens.")
    audience: str = Field("pluckit-api", alias="AUTH_AUDIENCE", description="`aud` of our access tokens.")
    refresh_idle_days: float = Field(
        30, alias="AUTH_REFRESH_IDLE_DAYS", gt=0, le=365, description="A session unused this long ends."
    )
    refresh_absolute_days: float = Field(
        90,
        alias="AUTH_REFRESH_ABSOLUTE_DAYS",
        gt=0,
        le=730,
        description="A session ends after this in any case.",
    )
    admin_user_ids: CommaList = Field(
        (), alias="ADMIN_USER_IDS", description="User ids of administrators, comma separated."
    )
    local_auth_enabled: bool = Field(
        False,
        alias="LOCAL_AUTH_ENABLED",
        description="Open POST /api/auth/local, sign-in by email alone; never opens in Azure.",
    )
    azure_instance_id: str | None = Field(
        None, alias="WEBSITE_INSTANCE_ID", description="Set by Azure on every instance; do not set it."
    )
    azure_site_name: str | None = Field(
        None, alias="WEBSITE_SITE_NAME", description="Set by Azure on every instance; do not set it."
    )

    @property
    def local_sign_in_open(self) -> bool:
        """Whether sign-in by email alone is open: asked for, and certainly not in Azure."""
        return self.local_auth_enabled and not (self.azure_instance_id or self.azure_site_name)


class MediaSettings(Settings):
    """What photos are accepted."""

    max_bytes: int = Field(
        20_000_000,
        alias="MEDIA_MAX_BYTES",
        ge=1,
        le=50_000_000,
        description="Largest photo in bytes.",
    )
    max_pixels: int = Field(
        50_000_000,
        alias="MEDIA_MAX_PIXELS",
        ge=1,
        le=80_000_000,
        description="Most pixels of a photo, read from its header before it is decoded.",
    )
    max_in_flight: int = Field(
        4,
        alias="MEDIA_MAX_IN_FLIGHT",
        ge=1,
        le=64,
        description="Photos one worker holds decoded at a time; the others wait.",
    )


class MetadataAuthSettings(Settings):
    """Who may call POST /api/extract-clothing-metadata."""

    mode: Literal["user", "api_key", "azure_ad"] = Field(
        "user", alias="METADATA_EXTRACT_AUTH_MODE", description="`user`, `api_key` or `azure_ad`."
    )
    api_key: SecretStr | None = Field(
        None,
        alias="METADATA_EXTRACT_API_KEY",
        min_length=16,
        description="The key callers send as X-Api-Key in mode `api_key`; at least 16 characters.",
    )
    azure_ad_issuer: str | None = Field(
        None,
        alias="METADATA_EXTRACT_AZURE_AD_ISSUER",
        pattern=r"^https?://\S+$",
        description="Token issuer trusted in mode `azure_ad`, letter for letter as in `iss`.",
    )
    azure_ad_audience: str | None = Field(
        None, alias="METADATA_EXTRACT_AZURE_AD_AUDIENCE", description="Audience required in mode `azure_ad`."
    )

    @model_validator(mode="after")
    def _mode_has_what_it_needs(self) -> MetadataAuthSettings:
        if self.mode == "api_key" and self.api_key is None:
            raise ValueError("METADATA_EXTRACT_AUTH_MODE is api_key: set METADATA_EXTRACT_API_KEY")
        if self.mode == "azure_ad" and (self.azure_ad_issuer is None or self.azure_ad_audience is None):
            raise ValueError(
                "METADATA_EXTRACT_AUTH_MODE is azure_ad: set METADATA_EXTRACT_AZURE_AD_ISSUER "
                "and METADATA_EXTRACT_AZURE_AD_AUDIENCE"
            )
        return self


class JobSettings(Settings):
    """Where jobs and their dead letters are kept."""

    container: str = Field(
        "taste_jobs", alias="COSMOS_DB_TASTE_JOBS_CONTAINER", description="Container of job records."
    )
    dead_letter_container: str = Field(
        "taste_job_dead_letters",
        alias="COSMOS_DB_TASTE_JOB_DEAD_LETTER_CONTAINER",
        description="Container of dead letters.",
    )
    queue: str = Field("taste-jobs", alias="TASTE_JOB_QUEUE_NAME", description="Queue of jobs to start.")
    dead_letter_queue: str = Field(
        "taste-jobs-dead-letter",
        alias="TASTE_JOB_DEAD_LETTER_QUEUE_NAME",
        description="Queue that announces dead letters.",
    )
    dedupe_seconds: int = Field(
        600, alias="TASTE_JOB_DEDUPE_TTL_SECONDS", ge=1, description="How long one event key is one job."
    )
    completed_seconds: int = Field(
        604_800,
        alias="TASTE_JOB_COMPLETED_TTL_SECONDS",
        ge=60,
        description="How long the record of a completed job is kept.",
    )
    reconcile_seconds: int = Field(
        60,
        alias="TASTE_JOB_RECONCILE_AFTER_SECONDS",
        ge=1,
        description="How long a job may be silent before the reconciler looks whether it is lost.",
    )
    reconcile_schedule: str = Field(
        "0 * * * * *",
        alias="TASTE_JOB_RECONCILE_SCHEDULE",
        description="When the reconciler looks: NCRONTAB with seconds. Required by its trigger.",
    )


class RetrySettings(Settings):
    """How a failing taste job is tried again."""

    max_attempts: int = Field(5, alias="TASTE_JOB_MAX_RETRIES", ge=1, le=50, description="Attempts at most.")
    base_seconds: float = Field(
        5, alias="TASTE_JOB_BASE_BACKOFF_SECONDS", ge=0, description="Wait after the first failed attempt."
    )
    max_seconds: float = Field(
        300, alias="TASTE_JOB_MAX_BACKOFF_SECONDS", ge=0, description="Longest wait before jitter."
    )
    jitter_seconds: float = Field(
        2, alias="TASTE_JOB_JITTER_SECONDS", ge=0, description="Most that is added to a wait."
    )
    profile_tries: int = Field(
        5,
        alias="TASTE_JOB_PROFILE_UPDATE_MAX_RETRIES",
        ge=1,
        description="Compare-and-swap tries of one profile update.",
    )


class StylistSettings(Settings):
    """How long, how far and from how much the stylist thinks, and what it remembers."""

    turn_seconds: float = Field(
        100, alias="CHAT_TURN_SECONDS", gt=0, le=180, description="Longest that one chat turn may take."
    )
    stall_seconds: float = Field(
        25,
        alias="CHAT_STALL_SECONDS",
        gt=0,
        le=100,
        description="Longest silence of the model in a turn before it is given up.",
    )
    max_steps: int = Field(
        6, alias="CHAT_MAX_STEPS", ge=2, le=12, description="Model calls of one chat turn at most."
    )
    context_tokens: int = Field(
        6_000,
        alias="CHAT_CONTEXT_TOKENS",
        ge=200,
        le=100_000,
        description="Tokens of earlier turns the model is given word for word; older ones are summarised.",
    )
    memory_days: int = Field(
        365, alias="CHAT_MEMORY_DAYS", ge=1, le=3650, description="A fact not said again is forgotten after."
    )
    memory_facts: int = Field(
        100, alias="CHAT_MEMORY_FACTS", ge=1, le=500, description="Facts remembered of one person at most."
    )
