"""The plan: its nodes, how it is written down, and who carries it out."""
