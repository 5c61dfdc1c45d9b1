"""What is heard, one module per conversation; `register` in each is its table of contents."""
