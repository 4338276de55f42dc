"""Labelled objects over scenes or plain images -> chips with referring expressions."""
