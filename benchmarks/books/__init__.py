"""What the benchmark of the book is made of: a city, and one module for each way to print it."""
