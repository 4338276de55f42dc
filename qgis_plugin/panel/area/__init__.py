"""The area to search: its choice, and the tool that draws it."""
