"""An OpenAI-compatible Chat Completions service that runs on a laptop and costs nothing.

The wire format, the refusals and the failures are the real service's, so that the real SDK meets no
difference. Behind it is no language model but ``brain``: it measures pictures, reads what the
conversation and the tools say, and fills schemas from that. The same request gets the same answer.
"""
