"""Vector files of users: literal paths, layers, and edges that bend in another CRS."""
