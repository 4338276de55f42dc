"""Labelled polygons to referring expressions with their masks."""
