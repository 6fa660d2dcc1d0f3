"""What stands on a page: one file per section, named after the table it shows."""
