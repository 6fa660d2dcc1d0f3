"""What every room may use: errors, languages, unit sets, the tokenizer record, seeds, digests."""
