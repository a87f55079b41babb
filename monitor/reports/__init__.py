"""From facts to words and documents."""
