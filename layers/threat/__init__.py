"""Where incidents are to be expected: models, their test on the past, and the surface of a run."""
