"""The namespaces that feeds are told in beside RSS and Atom themselves: one module each.

Each holds extensions for feedgen. feedgen makes one extension object for the feed and one for each entry, sets it
as an attribute under the name it was registered by, and calls it when the tree is built. In its Atom tree elements
carry no namespace; in RSS the feed's extension receives ``<rss>``, not ``<channel>``.
"""
