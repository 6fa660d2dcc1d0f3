"""A finished run becomes one HTML file that stands alone. Knows `runs` and `base` only."""
