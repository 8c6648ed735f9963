"""What people type about the mayor's texts."""
