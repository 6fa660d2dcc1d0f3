"""One file per family of algorithms; `programs/catalogue.py` lists them."""
