"""The run directory: create, resume and finish it; its manifest, table schemas and tensors."""
