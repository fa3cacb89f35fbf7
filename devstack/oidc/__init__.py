"""An OpenID Connect issuer for signing in on a laptop and for testing how tokens are checked.

Whoever types an email address is that person. On demand it also mints tokens no honest issuer would,
rotates its keys, and goes down.
"""
