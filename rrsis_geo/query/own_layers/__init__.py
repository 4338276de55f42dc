"""The user's own layers in questions: their nouns, their features, the answers."""
