"""What `cais doctor` looks at."""
