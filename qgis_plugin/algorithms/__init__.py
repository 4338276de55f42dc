"""The algorithms of Processing."""
