"""Weights files: header, tensors, text encoder."""
