"""Samples, batches and their augmentation."""
