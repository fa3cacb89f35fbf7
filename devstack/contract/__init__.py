"""The parts of the OpenAPI document: schemas and their names, examples, links, and what may change."""
