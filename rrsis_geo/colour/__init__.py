"""Colour names: in texts, of pixels, and as a filter of probabilities."""
