"""Results as text, pages and images."""
