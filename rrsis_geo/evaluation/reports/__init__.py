"""Reports of an evaluation: text, HTML and images."""
