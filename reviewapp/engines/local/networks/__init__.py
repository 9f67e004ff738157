"""The neural networks: they find lines of text and read them, and know nothing of certificates."""
