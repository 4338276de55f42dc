"""Where the weights of a run start from."""
