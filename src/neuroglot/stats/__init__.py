"""Mergeable statistics over arrays. Knows no model and no text."""
