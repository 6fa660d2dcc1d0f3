"""What changes weights: the reference model's recipe, from its tokenizer to its last step."""
