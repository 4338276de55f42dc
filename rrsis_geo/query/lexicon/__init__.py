"""Vocabulary, nouns, multiword expressions and grammar, as data."""
