"""Taste: what a person likes to wear, how sure we are, and why we think so.

This is the only module of taste that other domains and blueprints import. It is cheap: the Cosmos and model
SDKs, the deck and the lexicon are loaded when they are first needed.
"""

from __future__ import annotations

from core.taste.arguments import speaking_for
from core.taste.belief import Answer
from core.taste.errors import (
    CardNotInQuiz,
    EventNotBelievable,
    EventTooOld,
    EventUnread,
    EventUnreadable,
    ProfileTooNew,
    QuizCompleted,
    QuizNotFound,
    QuizUnanswered,
    TooManyTasteEvents,
)
from core.taste.events import Declaration, Evidence, StatementReading, Subject, TasteEvent, check, term
from core.taste.facets import FACETS, Facet, FacetName, FacetVector, coordinates, pole, similarity
from core.taste.outlook import Outlook
from core.taste.palette import families as colour_families
from core.taste.profile import TasteProfile, apply, empty, reset
from core.taste.quiz import CardView, NewAnswer, NewQuiz, QuizPath, QuizSession, QuizView
from core.taste.reading import colours_in, facets_of, is_descriptive
from core.taste.service import (
    answer_quiz,
    complete_quiz,
    forget,
    get_quiz,
    start_quiz,
    submit,
    taste_of,
)
from core.taste.taste import Affinity, FacetView, Taste, TasteView

__all__ = [
    "FACETS",
    "Affinity",
    "Answer",
    "CardNotInQuiz",
    "CardView",
    "Declaration",
    "EventNotBelievable",
    "EventTooOld",
    "EventUnread",
    "EventUnreadable",
    "Evidence",
    "Facet",
    "FacetName",
    "FacetVector",
    "FacetView",
    "NewAnswer",
    "NewQuiz",
    "Outlook",
    "ProfileTooNew",
    "QuizCompleted",
    "QuizNotFound",
    "QuizPath",
    "QuizSession",
    "QuizUnanswered",
    "QuizView",
    "StatementReading",
    "Subject",
    "Taste",
    "TasteEvent",
    "TasteProfile",
    "TasteView",
    "TooManyTasteEvents",
    "answer_quiz",
    "apply",
    "check",
    "colour_families",
    "colours_in",
    "complete_quiz",
    "coordinates",
    "empty",
    "facets_of",
    "forget",
    "get_quiz",
    "is_descriptive",
    "pole",
    "reset",
    "similarity",
    "speaking_for",
    "start_quiz",
    "submit",
    "taste_of",
    "term",
]
