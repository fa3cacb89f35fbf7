"""Whether a message is a plain yes: the only thing that lets an asked-for wear be logged.

Decided here and not by a model, because a model can be talked into anything. Whatever is more than a plain
yes is taken for another wish, and the question lapses.
"""

from __future__ import annotations

from core.chat.wardrobe import words

_YES = words(
    "yes yeah yep yup sure ok okay confirm confirmed correct absolutely definitely please "
    "ja jawohl klar gerne oui si sim da tak ano evet"
)
_BESIDES = words(
    "i did do it that this them both all so go ahead log record save add of course thanks thank you "
    "bitte danke merci gracias grazie obrigado por favor"
)
_ALONE = ({"do", "it"}, {"go", "ahead"}, {"log", "it"}, {"log", "them"}, {"of", "course"}, {"i", "did"})
_LONGEST = 60


def is_yes(message: str) -> bool:
    """Tell whether the whole message says yes and nothing else."""
    said = words(message)
    if not said or len(message) > _LONGEST or "?" in message:
        return False
    return said <= _YES | _BESIDES and (
        bool(said & _YES - {"please"}) or any(alone <= said for alone in _ALONE)
    )
