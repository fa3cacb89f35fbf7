"""What every domain stands on: settings, HTTP endpoints, errors, Cosmos, Storage, AI, clock, ids."""
