"""The services that look and speak: the language model and segmentation."""

from __future__ import annotations

from pydantic import Field, HttpUrl, SecretStr, model_validator

from core.platform.settings.base import Settings


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
