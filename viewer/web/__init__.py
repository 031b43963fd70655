"""The viewer's web page and the server behind it."""
