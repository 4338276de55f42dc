"""Training: configuration, data mix, checkpoints, loop."""
