"""What neuroglot costs beside the bare model and beside its peers: `python -m benchmarks NAME`."""
