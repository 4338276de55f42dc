"""The plan: its nodes, its notation and explanation, its JSON, its routing."""
