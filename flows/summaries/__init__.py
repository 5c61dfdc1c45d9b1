"""Where firms stand, for whoever looks once a week: what matters most comes first."""
