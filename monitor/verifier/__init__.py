"""The verifier: one file that needs nothing of this house, so that anybody can check an exported journal."""
