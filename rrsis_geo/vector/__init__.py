"""Probabilities to polygons, and polygons to files."""
