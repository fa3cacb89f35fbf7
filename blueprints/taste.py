"""The taste quiz and the profile that it, and everything else a person does, adds up to."""

from __future__ import annotations

import azure.functions as func

from core import taste
from core.identity import Auth
from core.jobs import JobStarted
from core.platform.http import Call, Reply, endpoint
from core.taste import NewAnswer, NewQuiz, QuizPath, QuizView, TasteView

bp = func.Blueprint()

_QUIZ = "api/taste/quiz/{quiz_id:guid}"


@bp.route(route="api/taste/quiz", methods=["POST"])
@endpoint(auth=Auth.USER, body=NewQuiz, returns={201: QuizView}, idempotent=True)
async def start_taste_quiz(call: Call[NewQuiz]) -> Reply:
    """Open a quiz: answers with its first card."""
    quiz = await taste.start_quiz(call.user, call.effect_id())
    return Reply.created(quiz, location=f"/api/taste/quiz/{quiz.quiz_id}")


@bp.route(route=_QUIZ, methods=["GET", "HEAD"])
@endpoint(auth=Auth.USER, path=QuizPath, returns={200: QuizView}, problems=[taste.QuizNotFound])
async def get_taste_quiz(call: Call[None, None, QuizPath]) -> QuizView:
    """Where a quiz stands and the card it waits for, to go on with it on any device."""
    return await taste.get_quiz(call.user, call.path.quiz_id.lower())


@bp.route(route=_QUIZ + "/answers", methods=["POST"])
@endpoint(
    auth=Auth.USER,
    body=NewAnswer,
    path=QuizPath,
    returns={200: QuizView},
    problems=[taste.QuizNotFound, taste.CardNotInQuiz, taste.QuizCompleted],
)
async def answer_taste_quiz(call: Call[NewAnswer, None, QuizPath]) -> QuizView:
    """Answer a card and get the next one; the same answer twice counts once."""
    return await taste.answer_quiz(call.user, call.path.quiz_id.lower(), call.body)


@bp.route(route=_QUIZ + "/complete", methods=["POST"])
@endpoint(
    auth=Auth.USER,
    path=QuizPath,
    returns={202: JobStarted},
    problems=[taste.QuizNotFound, taste.QuizUnanswered],
    follows=["answer_taste_quiz"],
)
async def complete_taste_quiz(call: Call[None, None, QuizPath]) -> Reply:
    """Hand the quiz in; a job takes it into the profile. Handing it in twice is one job."""
    job = await taste.complete_quiz(call.user, call.path.quiz_id.lower())
    return Reply.accepted(JobStarted(job_id=job.id), location=f"/api/jobs/{job.id}")


@bp.route(route="api/taste/profile", methods=["GET", "HEAD"])
@endpoint(auth=Auth.USER, returns={200: TasteView})
async def get_taste_profile(call: Call) -> TasteView:
    """What your taste is taken to be, how sure that is, and because of what."""
    return (await taste.taste_of(call.user)).view()


@bp.route(route="api/taste/profile/reset", methods=["POST"])
@endpoint(auth=Auth.USER, returns={200: TasteView})
async def reset_taste_profile(call: Call) -> TasteView:
    """Forget everything learnt until now; what was on its way is forgotten too."""
    return await taste.forget(call.user)
