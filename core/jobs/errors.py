"""What can be wrong with a job, from the outside."""

from core.platform.errors import Conflict, NotFound


class JobNotFound(NotFound):
    """There is no such job, it has expired, or it is someone else's."""

    slug = "job-not-found"
    title = "There is no such job"


class JobFailed(Conflict):
    """The job ended without a result."""

    slug = "job-failed"
    title = "The job did not succeed"


class DeadLetterNotFound(NotFound):
    """There is no such dead letter."""

    slug = "dead-letter-not-found"
    title = "There is no such dead letter"


class NotReplayable(Conflict):
    """This dead letter holds nothing that could be tried again."""

    slug = "dead-letter-not-replayable"
    title = "This cannot be tried again"
