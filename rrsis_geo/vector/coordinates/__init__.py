"""Coordinates of polygons: other CRSs, and the antimeridian."""
