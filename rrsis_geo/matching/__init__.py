"""How well each object of a scene matches a sentence: a small trained network."""
