"""Polygons found by the network, and selections of them."""
