"""The process behind the QGIS plugin: requests on stdin, messages on stdout."""
