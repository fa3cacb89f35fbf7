"""The cloud on one machine: what answers on a laptop. Never deployed."""
