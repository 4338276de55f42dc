"""The dialog that sets up the environment."""
