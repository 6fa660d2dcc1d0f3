"""Which nodes of a syntax tree are scopes, definitions and uses of names: one query a language."""
