"""What a run writes down: log, curves, TensorBoard."""
