"""The log of a run: JSON lines, plots, TensorBoard."""
