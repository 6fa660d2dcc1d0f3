"""What a model reads: documents, corpora, duplicates, licence headers, order, rows."""
