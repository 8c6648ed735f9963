"""Reading the mayor's texts and what grows out of them: a module for each noun."""
