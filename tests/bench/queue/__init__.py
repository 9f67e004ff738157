"""The queue from ten thousand to a million records: steps, lists, searches, approval, export. See __main__.py."""
