"""A taste quiz: cards answered, some twice, handed in and polled to the end."""

from __future__ import annotations

from tests.soak.people.person import Person

_ANSWERS = ("like", "love", "dislike", "dislike", "skip")


async def take(person: Person) -> None:
    """Answer a few cards; at times leave the quiz unfinished."""
    person.doing = "quiz"
    quiz = (await person.effect("/api/taste/quiz", json={})).body
    path = f"/api/taste/quiz/{quiz['quiz_id']}"
    answers = person.ledger.quizzes.setdefault(quiz["quiz_id"], {})
    for answer in ("like", *person.chance.choices(_ANSWERS, k=person.chance.randrange(2, 7))):
        if quiz["card"] is None:
            break
        said = {"card_id": quiz["card"]["card_id"], "answer": answer}
        for _ in range(person.chance.choice((1, 1, 2))):
            answered = (await person.ask("POST", f"{path}/answers", json=said)).body
        quiz = answered
        answers[said["card_id"]] = answer
    if person.chance.random() < 0.8:
        handed_in = await person.ask("POST", f"{path}/complete")
        person.ledger.handed_in.add(quiz["quiz_id"])
        await person.job(handed_in, taste=True)
