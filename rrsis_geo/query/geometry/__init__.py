"""Distances, nearest anchors and sectors between outlines."""
