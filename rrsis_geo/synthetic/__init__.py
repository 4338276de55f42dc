"""A seed to a drawn scene with exact labelled polygons."""
