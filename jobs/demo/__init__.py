"""The product in a minute: a simulated portal, made-up dossiers and a mail sink, all on this machine."""
