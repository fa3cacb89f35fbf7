"""Durable flows, one module or package each."""
