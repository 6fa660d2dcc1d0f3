"""One file per language. Writers do not know one another; `programs/writing.py` lists them."""
