"""What the app tells of itself, and to whom. OpenTelemetry's own settings are read by its SDK, not here."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field, HttpUrl, SecretStr
from pydantic_settings import NoDecode

from core.platform.settings.base import Settings, read_json


class Price(BaseModel):
    """What a model costs in USD per million tokens."""

    input: float = Field(ge=0)
    output: float = Field(ge=0)

    def of(self, input_tokens: int, output_tokens: int) -> float:
        """Return what a call costs in USD."""
        return (self.input * input_tokens + self.output * output_tokens) / 1_000_000


class PriceSettings(Settings):
    """What the language model costs."""

    prices: Annotated[dict[str, Price], NoDecode, BeforeValidator(read_json)] = Field(
        {},
        alias="AI_PRICES",
        description='JSON, USD per million tokens: `{"gpt-4.1-mini": {"input": 0.4, "output": 1.6}}`.',
    )


class TelemetrySettings(Settings):
    """Traces, metrics and logs by OpenTelemetry (docs/telemetry.md); other `OTEL_*` settings work, too."""

    log_format: str = Field(
        "text", alias="LOG_FORMAT", description="`text`, or `json`: one object a line, with the trace."
    )
    disabled: bool = Field(False, alias="OTEL_SDK_DISABLED", description="`true` tells nothing, at once.")
    service_name: str = Field("pluckit", alias="OTEL_SERVICE_NAME", description="Name of the service.")
    traces_exporter: str = Field(
        "", alias="OTEL_TRACES_EXPORTER", description="`otlp`, `console` or `none`; empty: as endpoints say."
    )
    metrics_exporter: str = Field("", alias="OTEL_METRICS_EXPORTER", description="The same for metrics.")
    logs_exporter: str = Field("", alias="OTEL_LOGS_EXPORTER", description="The same for logs.")
    endpoint: str = Field(
        "", alias="OTEL_EXPORTER_OTLP_ENDPOINT", description="OTLP collector of all signals; empty: none."
    )
    traces_endpoint: str = Field(
        "", alias="OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", description="That of traces, as a whole URL."
    )
    metrics_endpoint: str = Field(
        "", alias="OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", description="That of metrics, as a whole URL."
    )
    logs_endpoint: str = Field(
        "", alias="OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", description="That of logs, as a whole URL."
    )
    headers: SecretStr = Field(
        SecretStr(""), alias="OTEL_EXPORTER_OTLP_HEADERS", description="Headers for it: `name=value,...`."
    )
    protocol: str = Field(
        "http/protobuf", alias="OTEL_EXPORTER_OTLP_PROTOCOL", description="`http/protobuf` or `grpc`."
    )


class LangfuseSettings(Settings):
    """Langfuse, told of model calls without their words (docs/telemetry.md)."""

    public_key: str | None = Field(
        None, alias="LANGFUSE_PUBLIC_KEY", description="Public key; empty: Langfuse is off."
    )
    secret_key: SecretStr | None = Field(None, alias="LANGFUSE_SECRET_KEY", description="Secret key.")
    base_url: HttpUrl | None = Field(
        None, alias="LANGFUSE_BASE_URL", description="Where Langfuse is; empty: its European cloud."
    )
    host: HttpUrl | None = Field(
        None, alias="LANGFUSE_HOST", description="The older name of LANGFUSE_BASE_URL."
    )
    enabled: bool = Field(True, alias="LANGFUSE_TRACING_ENABLED", description="`false` is the kill switch.")
