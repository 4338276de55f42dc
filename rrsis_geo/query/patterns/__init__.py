"""Patterns of the grammar, and where they match in a text."""
