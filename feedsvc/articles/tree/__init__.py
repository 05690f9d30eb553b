"""Tree: what of an article's HTML belongs to a page and not to its text, taken out before it is cleaned."""
