"""Pages of the papers: a module for each screen."""
