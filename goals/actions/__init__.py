"""Everything that writes: a module for each noun."""
