"""The feed: what is new at the sources a person follows, in an order made for them."""
