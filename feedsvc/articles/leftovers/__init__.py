"""Template leftovers: what other publishing programs would have replaced in an article, made into plain HTML.

Hugo, Jekyll, Eleventy, Zola, Docusaurus, Astro and others let authors write calls of templates into articles.
Those that carry text, code, a picture or an address keep it; the rest are left out and named in one warning. No
template code is ever run, and inside code nothing is touched.

:func:`.resolve.resolve` is the door. One module a syntax (:mod:`.hugo`, :mod:`.liquid`, :mod:`.expressions`,
:mod:`.mdx`, :mod:`.kramdown`, :mod:`.directives`) turns what is written into a :class:`.call.Call`;
:mod:`.meanings` knows what a call means, which is much the same under all of them.
"""
