"""Files of the operating system: their kinds, JSON in them, failures to write."""
