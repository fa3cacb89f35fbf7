"""The weekly digest: outfits for the week ahead, a piece woken up, a figure that moved, and words around it.

This is the only module of the digest that other domains and blueprints import; ``core.digest.sweeping`` is
for the orchestration alone. It is cheap: the stylist's numpy, the templates and the SDKs are loaded by the
first call that needs them.
"""

from __future__ import annotations

from core.digest.errors import (
    DigestNotFound,
    FeedbackGiven,
    NotInDigest,
    PreferencesChanged,
    SweepRunning,
)
from core.digest.models import (
    Digest,
    DigestPath,
    DigestSummary,
    DigestView,
    Feedback,
    Sweep,
    SweepRequest,
    summary,
    view,
)
from core.digest.page import POLICY as PAGE_POLICY
from core.digest.page import page
from core.digest.service import (
    etag,
    failures,
    get,
    give_feedback,
    history,
    latest,
    preferences,
    run,
    set_preferences,
    time_zone,
)
from core.digest.subscriptions import FailureView, NewPreferences, PreferencesView
from core.digest.subscriptions import view as preferences_view

__all__ = [
    "PAGE_POLICY",
    "Digest",
    "DigestNotFound",
    "DigestPath",
    "DigestSummary",
    "DigestView",
    "FailureView",
    "Feedback",
    "FeedbackGiven",
    "NewPreferences",
    "NotInDigest",
    "PreferencesChanged",
    "PreferencesView",
    "Sweep",
    "SweepRequest",
    "SweepRunning",
    "etag",
    "failures",
    "get",
    "give_feedback",
    "history",
    "latest",
    "page",
    "preferences",
    "preferences_view",
    "run",
    "set_preferences",
    "summary",
    "time_zone",
    "view",
]
