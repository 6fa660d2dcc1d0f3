"""The only room where text, model and statistics meet."""
