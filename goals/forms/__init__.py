"""Whether what was typed is acceptable: a module for each screen."""
