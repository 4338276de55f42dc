"""Image and text features attending to each other."""
