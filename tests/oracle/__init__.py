"""An independent, literal, slow implementation of the model, which the real one is tested against."""
