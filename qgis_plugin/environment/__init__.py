"""The Python environment of the worker: found, installed, checked.

Standard library only, so that all of it is tested without QGIS.
"""
