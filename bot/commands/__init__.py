"""What `cais` can do on the command line, one module per command."""
