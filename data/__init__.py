"""The embedded fictional theatre and the generator that makes it."""
