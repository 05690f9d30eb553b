"""A feed told without any format: the neutral records which each format renders.

Each field says where RSS 2.0, Atom 1.0 (RFC 4287) and JSON Feed 1.1 put it.
"""

from dataclasses import dataclass
from datetime import datetime

from feedsvc.articles.article import Author, Enclosure, Picture


@dataclass(frozen=True, slots=True)
class Entry:
    """One article as a feed tells it."""

    id: str
    """rss guid (isPermaLink=false) · atom id · json id"""
    url: str
    """rss link · atom link rel=alternate · json url"""
    title: str
    """rss title · atom title · json title; plain text"""
    summary: str
    """rss description · atom summary · json summary; plain text"""
    content: str
    """rss content:encoded · atom content type=html · json content_html; clean HTML"""
    published: datetime
    """rss pubDate · atom published · json date_published"""
    updated: datetime
    """rss atom:updated · atom updated · json date_modified"""
    authors: tuple[Author, ...] = ()
    """rss dc:creator each · atom author · json authors"""
    tags: tuple[str, ...] = ()
    """rss category · atom category · json tags"""
    language: str | None = None
    """rss none · atom xml:lang of the entry · json language"""
    image: Picture | None = None
    """rss none yet · atom none yet · json image"""
    enclosures: tuple[Enclosure, ...] = ()
    """rss enclosure (the first only: RSS Advisory Board profile) · atom link rel=enclosure · json attachments"""


@dataclass(frozen=True, slots=True)
class Feed:
    """A channel as a feed tells it."""

    id: str
    """atom id; stable for ever"""
    title: str
    """rss title · atom title · json title"""
    description: str
    """rss description · atom subtitle · json description"""
    url: str
    """rss link · atom link rel=alternate · json home_page_url"""
    self_url: str
    """rss atom:link rel=self · atom link rel=self · json feed_url"""
    language: str
    """rss language · atom xml:lang · json language"""
    updated: datetime
    """rss lastBuildDate · atom updated · json none"""
    entries: tuple[Entry, ...]
    """newest first"""
    author: Author | None = None
    """rss managingEditor none · atom author · json authors"""
