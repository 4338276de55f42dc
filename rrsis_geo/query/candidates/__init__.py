"""Objects that the network found, as the operators see them."""
