"""The same program in many languages: a typed tree, algorithms that draw trees, and writers."""
