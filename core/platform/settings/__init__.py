"""Settings by concern, read once from the environment and checked before they are used.

A wrong or missing value fails with a sentence that names the setting; secrets never print. Importing
pydantic-settings costs more than the rest of a cold start, so this package is imported where a setting is
first needed, never at the top of a module that ``function_app`` pulls in.
"""

from core.platform.settings.account import AccountSettings
from core.platform.settings.background import DigestSettings, JobSettings, RetrySettings
from core.platform.settings.base import Settings, SettingsError, get
from core.platform.settings.issuers import OidcIssuer, OidcSettings
from core.platform.settings.models import OpenAISettings, SegmentationSettings, StylistSettings
from core.platform.settings.people import AuthSettings, MediaSettings, MetadataAuthSettings
from core.platform.settings.rates import RateSettings
from core.platform.settings.runtime import CosmosSettings, RuntimeSettings, SigningSettings, StorageSettings
from core.platform.settings.scraper import ScraperSettings
from core.platform.settings.telemetry import LangfuseSettings, PriceSettings, TelemetrySettings
from core.platform.settings.web import FetchSettings

__all__ = [
    "AccountSettings",
    "AuthSettings",
    "CosmosSettings",
    "DigestSettings",
    "FetchSettings",
    "JobSettings",
    "LangfuseSettings",
    "MediaSettings",
    "MetadataAuthSettings",
    "OidcIssuer",
    "OidcSettings",
    "OpenAISettings",
    "PriceSettings",
    "RateSettings",
    "RetrySettings",
    "RuntimeSettings",
    "ScraperSettings",
    "SegmentationSettings",
    "Settings",
    "SettingsError",
    "SigningSettings",
    "StorageSettings",
    "StylistSettings",
    "TelemetrySettings",
    "get",
]
