"""Training data of the shipped weights, read from public data sets."""
