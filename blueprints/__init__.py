"""HTTP triggers, one module per domain: bind the request, call the domain, shape the answer."""
