"""Pure functions from statistics to findings: no model, no text, no files, no clock."""
