"""Mask decoders and the presence head."""
