"""Ways to look."""
