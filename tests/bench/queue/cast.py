"""What the server's side and the clerks' side of the bench both know, without the product's models."""

# The values of every record that were read with doubt.
DOUBTED = ("mother_address", "father_address")
