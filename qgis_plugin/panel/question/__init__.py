"""The question: its box, its history, and what the weights know."""
