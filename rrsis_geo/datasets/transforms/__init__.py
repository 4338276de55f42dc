"""From an annotated image to training samples."""
