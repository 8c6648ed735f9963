"""What is asked on the pages over all rooms."""
