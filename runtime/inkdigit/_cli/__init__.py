"""Parts of the command line; `inkdigit.cli` puts them together."""
