"""Layers of QGIS: areas, exported images, results and their style."""
