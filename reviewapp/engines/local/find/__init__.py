"""Step 1: find which certificate lies where in a picture."""
