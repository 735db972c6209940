"""The offline map: one file, no network."""
