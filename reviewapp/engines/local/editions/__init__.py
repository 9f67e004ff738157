"""What stands where on each printing of the certificate, and what is special to it."""
