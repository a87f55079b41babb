"""What the store refuses, said to the person who can mend it."""

from __future__ import annotations


class StoreError(Exception):
    """The database cannot be used as asked; the text is one Vietnamese line that names the mend."""
