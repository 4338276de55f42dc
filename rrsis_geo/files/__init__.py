"""Files: kinds, names, JSON in them, whether another program has one open."""
