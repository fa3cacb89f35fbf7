"""Jobs: what takes longer than a request, is polled until it is over, and is never lost.

This is the only module of jobs that other domains and blueprints import. It is cheap: the Cosmos and Storage
SDKs are loaded by the first call that needs them.
"""

from __future__ import annotations

from core.jobs.attempting import Outcome, attempt, outcome_of
from core.jobs.backoff import RetryPolicy
from core.jobs.dead_letters import bury
from core.jobs.errors import DeadLetterNotFound, JobFailed, JobNotFound, NotReplayable
from core.jobs.models import DeadLetterView, Job, JobRef, JobView
from core.jobs.service import complete, find, get, submit

__all__ = [
    "DeadLetterNotFound",
    "DeadLetterView",
    "Job",
    "JobFailed",
    "JobNotFound",
    "JobRef",
    "JobView",
    "NotReplayable",
    "Outcome",
    "RetryPolicy",
    "attempt",
    "bury",
    "complete",
    "find",
    "get",
    "outcome_of",
    "submit",
]
