"""Ten minutes of life on the devstack in bad weather, and then the question what became of it all.

People (``people``) use the app over HTTP; what it acknowledged is in their ``ledger``. Meanwhile services
fail and the host is killed (``weather``). When the weather is fine again, ``invariants`` compare what there
is with what was promised. ``make soak`` is the long form, ``tests/chaos/test_soak.py`` the short one.
"""
