"""Jobs: what takes longer than a request, is polled until it is over, and is never lost.

This is the only module of jobs that other domains and blueprints import. It is cheap: the Cosmos and Storage
SDKs are loaded by the first call that needs them.
"""

from __future__ import annotations

from core.jobs import backoff, dead_letters, delivery, measuring, reconciling
from core.jobs.attempting import Finished, Outcome, Paused, Work, attempt, give_up
from core.jobs.backoff import RetryPolicy
from core.jobs.errors import DeadLetterNotFound, JobFailed, JobNotFound, NotReplayable
from core.jobs.models import (
    AdminJobView,
    DeadLetterPath,
    DeadLetterView,
    Instance,
    Job,
    JobPath,
    JobRef,
    JobStarted,
    JobView,
    Launch,
)
from core.jobs.service import find, get, kept_since, submit, submit_alone
from core.jobs.views import admin_view, polled, retry_after

__all__ = [
    "AdminJobView",
    "DeadLetterNotFound",
    "DeadLetterPath",
    "DeadLetterView",
    "Finished",
    "Instance",
    "Job",
    "JobFailed",
    "JobNotFound",
    "JobPath",
    "JobRef",
    "JobStarted",
    "JobView",
    "Launch",
    "NotReplayable",
    "Outcome",
    "Paused",
    "RetryPolicy",
    "Work",
    "admin_view",
    "attempt",
    "backoff",
    "dead_letters",
    "delivery",
    "find",
    "get",
    "give_up",
    "kept_since",
    "measuring",
    "polled",
    "reconciling",
    "retry_after",
    "submit",
    "submit_alone",
]
