"""Tokens to a plan."""
