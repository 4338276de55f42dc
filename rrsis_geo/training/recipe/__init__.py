"""The data behind the shipped weights."""
