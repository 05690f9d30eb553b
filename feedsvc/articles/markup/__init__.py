"""From the text of a file to a title and HTML: plain text, Markdown, HTML, and what other engines add to these."""
