"""Noun phrases while they are read: modifiers, numbers, selectors and groups."""
