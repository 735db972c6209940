"""One small module for each publisher's format."""
