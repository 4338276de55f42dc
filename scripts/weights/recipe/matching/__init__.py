"""How the network that matches objects with sentences was trained."""
