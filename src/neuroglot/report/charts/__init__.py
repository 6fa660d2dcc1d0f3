"""The chart kinds: numbers and labels in, SVG coloured by classes out."""
