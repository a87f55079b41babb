"""Pure reasoning: no I/O, no clock, standard library only."""
