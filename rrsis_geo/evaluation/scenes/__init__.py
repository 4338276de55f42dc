"""Layers of found objects against layers of the truth."""
