"""How good weights are: on data sets by pixels, on scenes by objects."""
