"""What answers in place of a language model.

``think(request, looks)`` is the whole of it: a conversation and what its pictures show in, prose or
tool calls out. The application takes it as a parameter, so a test can put another mind behind the same
wire, and ``obey`` is one that does whatever a picture or a note tells it.
"""

from devstack.openai.brain.conversation import Call, Thought, think
from devstack.openai.brain.obedient import obey
from devstack.openai.brain.vision import Look, look

__all__ = ["Call", "Look", "Thought", "look", "obey", "think"]
