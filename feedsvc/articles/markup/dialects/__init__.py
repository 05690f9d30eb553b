"""What programs that build sites add to Markdown, a module each, made into plain Markdown or HTML."""
