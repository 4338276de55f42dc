"""Answers of the network that are kept for later questions, in a folder of the user."""
