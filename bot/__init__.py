"""Bot talks: listeners hear, views draw, `bootstrap` puts the pieces together."""
