"""The dock panel: widgets, and the search that they start."""
