"""Initial weights of a run."""
