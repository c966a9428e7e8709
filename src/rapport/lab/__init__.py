"""Maintainers' tools: measure the search, fit its few numbers, compare browser and Python. Readers need none of it."""
