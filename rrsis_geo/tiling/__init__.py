"""Windows over a grid, blended into one raster of probabilities."""
