"""Clients generated from docs/openapi.json, in TypeScript and Python (docs/clients.md)."""
