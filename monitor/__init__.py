"""What we know, and how we look."""
