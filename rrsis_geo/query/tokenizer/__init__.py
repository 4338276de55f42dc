"""Typed text to tokens."""
