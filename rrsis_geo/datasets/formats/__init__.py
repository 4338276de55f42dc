"""Readers and writers of data sets, one module for each format."""
