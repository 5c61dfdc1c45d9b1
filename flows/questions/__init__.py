"""A question in people's words, answered with a quote of the roadmap or declined: pure, and knowing only its data."""
