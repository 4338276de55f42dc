"""Turns typed text into tokens."""
