"""Weights files: header, tensors, and the text encoder that several files share."""
