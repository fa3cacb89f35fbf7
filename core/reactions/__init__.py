"""Reactions: what a person thought of a thing they were shown, remembered, and told to their taste once.

Feed items and moods are reacted to in the same way; this is the only module of it that they import. It is
cheap: the Cosmos SDK is loaded by the first call that needs it.
"""

from __future__ import annotations

from core.reactions.models import Given, NewReaction, Opinion, Reacted, Reaction, Subject
from core.reactions.service import react, reactions_to

__all__ = ["Given", "NewReaction", "Opinion", "Reacted", "Reaction", "Subject", "react", "reactions_to"]
