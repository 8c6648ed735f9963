"""Pages of the packets: lists, previews and orders, files."""
