"""Files of the operating system: their kinds and names, JSON in them."""
