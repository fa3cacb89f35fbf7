"""The taste quiz and the profile that it, and everything else a person does, adds up to."""

from __future__ import annotations

import azure.functions as func

from blueprints import access
from core import jobs, taste
from core.platform.http import Call, Reply, endpoint

bp = func.Blueprint()

_QUIZ = "api/taste/quiz/{quiz_id:guid}"


@bp.route(route="api/taste/quiz", methods=["POST"])
@endpoint(auth=access.user, returns=lambda: {201: taste.QuizView}, idempotent=True)
async def start_taste_quiz(call: Call[taste.NewQuiz]) -> Reply:
    """Open a quiz: answers with its first card."""
    quiz = await taste.start_quiz(call.user, call.effect_id())
    return Reply.created(quiz, location=f"/api/taste/quiz/{quiz.quiz_id}")


@bp.route(route=_QUIZ, methods=["GET", "HEAD"])
@endpoint(auth=access.user, returns=lambda: {200: taste.QuizView}, problems=lambda: [taste.QuizNotFound])
async def get_taste_quiz(call: Call[None, None, taste.QuizPath]) -> taste.QuizView:
    """Where a quiz stands and the card it waits for, to go on with it on any device."""
    return await taste.get_quiz(call.user, call.path.quiz_id)


@bp.route(route=_QUIZ + "/answers", methods=["POST"])
@endpoint(
    auth=access.user,
    returns=lambda: {200: taste.QuizView},
    problems=lambda: [taste.QuizNotFound, taste.CardNotInQuiz, taste.QuizCompleted],
)
async def answer_taste_quiz(call: Call[taste.NewAnswer, None, taste.QuizPath]) -> taste.QuizView:
    """Answer a card and get the next one; the same answer twice counts once."""
    return await taste.answer_quiz(call.user, call.path.quiz_id, call.body)


@bp.route(route=_QUIZ + "/complete", methods=["POST"])
@endpoint(
    auth=access.user,
    returns=lambda: {202: jobs.JobStarted},
    problems=lambda: [taste.QuizNotFound, taste.QuizUnanswered],
    follows=["answer_taste_quiz"],
)
async def complete_taste_quiz(call: Call[None, None, taste.QuizPath]) -> Reply:
    """Hand the quiz in; a job takes it into the profile. Handing it in twice is one job."""
    job = await taste.complete_quiz(call.user, call.path.quiz_id)
    return Reply.accepted(jobs.JobStarted(job_id=job.id), location=f"/api/jobs/{job.id}")


@bp.route(route="api/taste/profile", methods=["GET", "HEAD"])
@endpoint(auth=access.user, returns=lambda: {200: taste.TasteView})
async def get_taste_profile(call: Call) -> taste.TasteView:
    """What your taste is taken to be, how sure that is, and because of what."""
    return (await taste.taste_of(call.user)).view()


@bp.route(route="api/taste/profile/reset", methods=["POST"])
@endpoint(auth=access.user, returns=lambda: {200: taste.TasteView})
async def reset_taste_profile(call: Call) -> taste.TasteView:
    """Forget everything learnt until now; what was on its way is forgotten too."""
    return await taste.forget(call.user)
