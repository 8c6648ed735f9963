"""What the pages over all rooms write."""
