"""The user's own layers in a run: reading them, and the colours in their features."""
