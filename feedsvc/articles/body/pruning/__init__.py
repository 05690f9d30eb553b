"""What of HTML belongs to a page and not to the text of an article, taken out before it is cleaned."""
