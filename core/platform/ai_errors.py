"""How the language model can fail its caller; apart from what asks it, which loads its SDK."""

from __future__ import annotations

from core.platform.errors import BadUpstream, Invalid, TooManyRequests, Unavailable


class ModelUnavailable(Unavailable):
    """The model does not answer now."""

    slug = "model-unavailable"
    title = "The language model does not answer now"
    retry_after = 10


class ModelAnsweredRubbish(BadUpstream):
    """The model's answer did not fit its schema, twice."""

    slug = "model-answer-unusable"
    title = "The language model gave an unusable answer"


class ModelRefused(Invalid):
    """The model, or its content filter, would not answer this."""

    slug = "model-refused"
    title = "The language model declined"


class BudgetSpent(TooManyRequests):
    """The person's tokens of the day are used up."""

    slug = "token-budget-spent"
    title = "Today's budget for the language model is used up"
    retry_after = 24 * 60 * 60


MODEL_PROBLEMS = (ModelUnavailable, ModelAnsweredRubbish, ModelRefused, BudgetSpent)
"""All of them: what a route may answer that asks the model while its caller waits."""
