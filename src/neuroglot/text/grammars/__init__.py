"""Small grammars that write programs and prose: one file per language, data only.

A grammar maps a symbol to its alternatives. `$name` in an alternative stands for another symbol or
for one of the names that `text/templates.py` provides; a symbol's further lines keep the
indentation of the place where it stands.
"""
