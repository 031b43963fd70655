"""Shows what cameras publish: in a window, on a web page, or as counts."""
