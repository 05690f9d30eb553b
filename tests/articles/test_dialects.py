"""What each blog program's header means: dialect, field, value.

A row is a header as people write it for that program, the field it tells, and what comes of it. Each is read as a
whole file, so that the language, the key and the shape of the value are all put to the test.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Literal
from zoneinfo import ZoneInfo

import pytest

from feedsvc.articles.frontmatter.dates import Calendar
from feedsvc.articles.frontmatter.fields import Fields, read_fields
from feedsvc.articles.frontmatter.media_fields import Attachment
from feedsvc.articles.frontmatter.parser import split
from feedsvc.articles.problems import Notes, Unreadable

PLACE = Calendar(ZoneInfo("Europe/Berlin"))
Dialect = Literal[
    "jekyll", "hugo yaml", "hugo toml", "hugo json", "eleventy", "zola", "pelican", "nikola", "docusaurus", "astro"
]
FENCES: Mapping[Dialect, str] = MappingProxyType(
    {
        "jekyll": "---\n{}\n---\n",
        "hugo yaml": "---\n{}\n---\n",
        "hugo toml": "+++\n{}\n+++\n",
        "hugo json": "{{\n{}\n}}\n",
        "eleventy": "---\n{}\n---\n",
        "zola": "+++\n{}\n+++\n",
        "pelican": "{}\n\n",
        "nikola": "<!--\n{}\n-->\n",
        "docusaurus": "---\n{}\n---\n",
        "astro": "---\n{}\n---\n",
    }
)


def day(*parts: int) -> datetime:
    """A moment in UTC."""
    year, month, number, hour, minute, second = (*parts, 0, 0, 0)[:6]
    return datetime(year, month, number, hour, minute, second, tzinfo=UTC)


SUMMER = day(2024, 4, 30, 22)
"""Midnight of the first of May in Berlin."""

ROWS: list[tuple[Dialect, str, str, object]] = [
    # Jekyll: YAML, lists of words parted by blanks, the date in the file's name
    ("jekyll", "title: No", "title", "No"),
    ("jekyll", "title: 1984", "title", "1984"),
    ("jekyll", 'title: "A: B"', "title", "A: B"),
    ("jekyll", "title: 12:30", "title", "12:30"),
    ("jekyll", "title: >\n  Two\n  lines", "title", "Two lines"),
    ("jekyll", 'title: "**Bold** &amp; <i>x</i>"', "title", "Bold & x"),
    ("jekyll", "title: AT&T <3 C++", "title", "AT&T <3 C++"),
    ("jekyll", "date: 2019-09-29 12:08:18 +0200", "published", day(2019, 9, 29, 10, 8, 18)),
    ("jekyll", "date: 2019-09-29 7:08", "published", day(2019, 9, 29, 5, 8)),
    ("jekyll", "date: 2024-05-01", "published", SUMMER),
    ("jekyll", "date: 2024-05-01 00:00:00 -0700", "published", day(2024, 5, 1, 7)),
    ("jekyll", "last_modified_at: 2024-05-01", "updated", SUMMER),
    ("jekyll", "tags: a b c", "tags", ("a", "b", "c")),
    ("jekyll", "tags: [a, b c]", "tags", ("a", "b c")),
    ("jekyll", "tags:\n  - a\n  - 2024", "tags", ("a", "2024")),
    ("jekyll", "tags: a, b c", "tags", ("a", "b c")),
    ("jekyll", "categories: news city", "tags", ("news", "city")),
    ("jekyll", "category: city life", "tags", ("city life",)),
    ("jekyll", "tags: a\ncategories: [b, A]", "tags", ("a", "b")),
    ("jekyll", "published: false", "draft", True),
    ("jekyll", "published: true", "draft", False),
    ("jekyll", "draft: true", "draft", True),
    ("jekyll", "permalink: /2024/a-walk/", "slug", "a-walk"),
    ("jekyll", "permalink: /:categories/:title/", "slug", None),
    ("jekyll", "permalink: /about.html", "slug", "about"),
    ("jekyll", "redirect_from: /old/", "aliases", ("/old/",)),
    ("jekyll", "redirect_from:\n  - /old/\n  - /older", "aliases", ("/old/", "/older")),
    ("jekyll", "redirect_from: old/", "aliases", ("/old/",)),
    ("jekyll", "redirect_from: https://example.org/old", "aliases", ("https://example.org/old",)),
    ("jekyll", "author: Ida Falk", "authors", ("Ida Falk",)),
    ("jekyll", "authors: [Ida, Ben]", "authors", ("Ida", "Ben")),
    ("jekyll", "excerpt: Few words.", "summary", "Few words."),
    ("jekyll", "description: 'It''s <b>bold</b>'", "summary", "It's bold"),
    ("jekyll", "image: /a.png", "image", "/a.png"),
    ("jekyll", "image:\n  path: /a.png\n  alt: A", "image", "/a.png"),
    ("jekyll", "header:\n  teaser: a.png", "image", "a.png"),
    ("jekyll", "lang: de", "language", "de"),
    ("jekyll", "guid: urn:x:1", "id", "urn:x:1"),
    ("jekyll", "hidden: true", "unlisted", True),
    ("jekyll", "layout: post\ncomments: true\nweight: 3", "title", None),
    # Hugo, in its three languages
    ("hugo yaml", 'title: "My Title"', "title", "My Title"),
    ("hugo yaml", "date: 2024-05-01T00:00:00+02:00", "published", SUMMER),
    ("hugo yaml", "publishDate: 2024-05-01\ndate: 2020-01-01", "published", SUMMER),
    ("hugo yaml", "lastmod: 2024-05-01", "updated", SUMMER),
    ("hugo yaml", "expiryDate: 2024-05-01", "expires", SUMMER),
    ("hugo yaml", "draft: false", "draft", False),
    ("hugo yaml", "build:\n  list: never", "unlisted", True),
    ("hugo yaml", "_build:\n  list: never", "unlisted", True),
    ("hugo yaml", "build:\n  render: never", "draft", True),
    ("hugo yaml", "build:\n  render: link", "draft", False),
    ("hugo yaml", "headless: true", "draft", True),
    ("hugo yaml", "aliases: [/a, b/c]", "aliases", ("/a", "b/c")),
    ("hugo yaml", "url: /blog/my-post/", "slug", "my-post"),
    ("hugo yaml", "slug: my-post", "slug", "my-post"),
    ("hugo yaml", "images: [a.png, b.png]", "image", "a.png"),
    ("hugo yaml", "cover:\n  image: a.png\n  alt: A\n  relative: true", "image", "a.png"),
    ("hugo yaml", "cover: false\nthumbnail: b.png", "image", "b.png"),
    ("hugo yaml", "params:\n  author: Ida", "authors", ("Ida",)),
    ("hugo yaml", "author:\n  name: Ida\n  email: i@example.org", "authors", ("Ida",)),
    ("hugo yaml", "keywords: [a, b]", "tags", ("a", "b")),
    ("hugo yaml", "summary: Few.", "summary", "Few."),
    ("hugo yaml", "description: Long.\nsummary: Few.", "summary", "Long."),
    ("hugo toml", 'title = "My: Title"', "title", "My: Title"),
    ("hugo toml", "title = 1984", "title", "1984"),
    ("hugo toml", "title = '''Two\nlines'''", "title", "Two lines"),
    ("hugo toml", "date = 2024-05-01", "published", SUMMER),
    ("hugo toml", "date = 2024-05-01T00:00:00+02:00", "published", SUMMER),
    ("hugo toml", "date = 2024-05-01T00:00:00", "published", SUMMER),
    ("hugo toml", 'date = "2024-05-01"', "published", SUMMER),
    ("hugo toml", "date = 2024-05-01 07:30:00.5Z", "published", day(2024, 5, 1, 7, 30)),
    ("hugo toml", "lastmod = 2024-05-01", "updated", SUMMER),
    ("hugo toml", "expiryDate = 2024-05-01", "expires", SUMMER),
    ("hugo toml", "draft = true", "draft", True),
    ("hugo toml", "draft = false", "draft", False),
    ("hugo toml", 'tags = ["a", "b c"]', "tags", ("a", "b c")),
    ("hugo toml", 'tags = "a, b"', "tags", ("a", "b")),
    ("hugo toml", 'tags = "machine learning"', "tags", ("machine learning",)),
    ("hugo toml", 'aliases = ["/a/"]', "aliases", ("/a/",)),
    ("hugo toml", '[[authors]]\nname = "Ida"\n[[authors]]\nname = "Ben"', "authors", ("Ida", "Ben")),
    ("hugo toml", '[params]\nfeatured_image = "a.png"', "image", "a.png"),
    ("hugo toml", '[build]\nlist = "never"', "unlisted", True),
    ("hugo json", '"title": "A \\"b\\""', "title", 'A "b"'),
    ("hugo json", '"title": 1984', "title", "1984"),
    ("hugo json", '"title": "x", "date": "2024-05-01"', "published", SUMMER),
    ("hugo json", '"title": "x", "draft": true', "draft", True),
    ("hugo json", '"tags": ["a", "b"]', "tags", ("a", "b")),
    ("hugo json", '"lastmod": "2024-05-01T00:00:00+02:00"', "updated", SUMMER),
    ("hugo json", '"aliases": ["/a"]', "aliases", ("/a",)),
    ("hugo json", '"author": {"name": "Ida"}', "authors", ("Ida",)),
    ("hugo json", '"description": "Few\\nwords"', "summary", "Few words"),
    ("hugo json", '"image": null, "title": "x"', "image", None),
    # Eleventy
    ("eleventy", "title: Hello", "title", "Hello"),
    ("eleventy", "date: 2024-05-01", "published", SUMMER),
    ("eleventy", "date: Last Modified", "published", None),
    ("eleventy", "date: git Created", "published", None),
    ("eleventy", "permalink: false", "draft", True),
    ("eleventy", "permalink: false", "slug", None),
    ("eleventy", 'permalink: "/blog/{{ title | slugify }}/"', "slug", None),
    ("eleventy", "permalink: /blog/hello/index.html", "slug", "index"),
    ("eleventy", "eleventyExcludeFromCollections: true", "unlisted", True),
    ("eleventy", "tags: [post, a]", "tags", ("post", "a")),
    ("eleventy", "tags:\n  - post", "tags", ("post",)),
    ("eleventy", "draft: true", "draft", True),
    ("eleventy", "updated: 2024-05-01", "updated", SUMMER),
    ("eleventy", "author: {name: Ida, url: https://example.org}", "authors", ("Ida",)),
    ("eleventy", "description: Few.", "summary", "Few."),
    ("eleventy", "image: ./a.png", "image", "./a.png"),
    # Zola
    ("zola", 'title = "Hello"', "title", "Hello"),
    ("zola", "date = 2024-05-01", "published", SUMMER),
    ("zola", 'path = "2024/05/01/hello"', "published", SUMMER),
    ("zola", 'path = "2024/05/01/hello"', "slug", "hello"),
    ("zola", 'path = "2024/05/01/hello"\ndate = 2020-01-01T00:00:00Z', "published", day(2020, 1, 1)),
    ("zola", "updated = 2024-05-01", "updated", SUMMER),
    ("zola", "draft = true", "draft", True),
    ("zola", "render = false", "draft", True),
    ("zola", 'slug = "hello"', "slug", "hello"),
    ("zola", 'authors = ["Ida", "Ben"]', "authors", ("Ida", "Ben")),
    ("zola", '[taxonomies]\ntags = ["a", "b"]\ncategories = ["c"]', "tags", ("a", "b", "c")),
    ("zola", '[taxonomies]\nauthors = ["Ida"]', "authors", ("Ida",)),
    ("zola", '[extra]\nimage = "a.png"', "image", "a.png"),
    ("zola", '[extra]\nstatus = "evergreen"\n[taxonomies]\ntags = ["a"]', "draft", False),
    ("zola", 'aliases = ["old/hello"]', "aliases", ("old/hello",)),
    ("zola", 'description = "Few."', "summary", "Few."),
    ("zola", "weight = 3\ntemplate = 'page.html'\ntitle = 'x'", "slug", None),
    # Pelican
    ("pelican", "Title: My: Title", "title", "My: Title"),
    ("pelican", "Title: A long\n    title", "title", "A long title"),
    ("pelican", "Title: x\nDate: 2024-05-01 00:00", "published", SUMMER),
    ("pelican", "Title: x\nDate: 2024-05-01", "published", SUMMER),
    ("pelican", "Title: x\nModified: 2024-05-01", "updated", SUMMER),
    ("pelican", "Title: x\nTags: machine learning, pelican", "tags", ("machine learning", "pelican")),
    ("pelican", "Tags: machine learning", "tags", ("machine learning",)),
    ("pelican", "Title: x\nCategory: City life", "tags", ("City life",)),
    ("pelican", "Title: x\nTags: a; b", "tags", ("a", "b")),
    ("pelican", "Title: x\nAuthors: Ida Falk, Ben Orr", "authors", ("Ida Falk", "Ben Orr")),
    ("pelican", "Title: x\nAuthors: Falk, Ida; Orr, Ben", "authors", ("Falk, Ida", "Orr, Ben")),
    ("pelican", "Author: Falk, Ida", "authors", ("Falk, Ida",)),
    ("pelican", "Title: x\nStatus: draft", "draft", True),
    ("pelican", "Status: draft", "draft", True),
    ("pelican", "Title: x\nStatus: hidden", "unlisted", True),
    ("pelican", "Title: x\nStatus: hidden", "draft", False),
    ("pelican", "Title: x\nStatus: skip", "draft", True),
    ("pelican", "Title: x\nStatus: published", "draft", False),
    ("pelican", "Title: x\nSlug: my-post", "slug", "my-post"),
    ("pelican", "Title: x\nURL: posts/{date:%Y}/my-post", "slug", None),
    ("pelican", "Title: x\nSummary: Few *words*.", "summary", "Few words."),
    ("pelican", "Title: x\nLang: fr", "language", "fr"),
    # Nikola
    ("nikola", ".. title: My: Title", "title", "My: Title"),
    ("nikola", ".. date: 2024-04-30 19:00:00 UTC-03:00", "published", SUMMER),
    ("nikola", ".. date: 2024-05-01 00:00 Europe/Berlin", "published", SUMMER),
    ("nikola", ".. updated: 2024-05-01", "updated", SUMMER),
    ("nikola", ".. tags: a, b c", "tags", ("a", "b c")),
    ("nikola", ".. tags: a\n.. category: c", "tags", ("a", "c")),
    ("nikola", ".. slug: my-post", "slug", "my-post"),
    ("nikola", ".. description: ", "summary", None),
    ("nikola", ".. description: Few.", "summary", "Few."),
    ("nikola", ".. author: Ida", "authors", ("Ida",)),
    ("nikola", ".. status: draft", "draft", True),
    ("nikola", ".. status: private", "draft", True),
    ("nikola", ".. status: featured", "draft", False),
    ("nikola", ".. tags: a, draft", "draft", True),
    ("nikola", ".. previewimage: a.png\n.. title: x", "image", "a.png"),
    ("nikola", ".. enclosure: a.mp3", "attachments", (Attachment("a.mp3"),)),
    # Docusaurus
    ("docusaurus", "title: Hello", "title", "Hello"),
    ("docusaurus", "slug: /2024/hello", "slug", "hello"),
    ("docusaurus", "date: 2024-05-01T00:00", "published", SUMMER),
    ("docusaurus", "last_update:\n  date: 2024-05-01\n  author: Ben", "updated", SUMMER),
    ("docusaurus", "last_update:\n  author: Ben", "updated", None),
    ("docusaurus", "authors: [ida, ben]", "authors", ("ida", "ben")),
    (
        "docusaurus",
        "authors:\n  - name: Ida Falk\n    title: Editor\n    url: https://e.org",
        "authors",
        ("Ida Falk",),
    ),
    ("docusaurus", "authors:\n  name: Ida Falk", "authors", ("Ida Falk",)),
    ("docusaurus", "tags:\n  - label: First\n    permalink: /first\n  - b", "tags", ("First", "b")),
    ("docusaurus", "draft: true", "draft", True),
    ("docusaurus", "unlisted: true", "unlisted", True),
    ("docusaurus", "unlisted: false", "unlisted", False),
    ("docusaurus", "image: ./img/a.png", "image", "./img/a.png"),
    ("docusaurus", "keywords: [a, b]", "tags", ("a", "b")),
    ("docusaurus", "id: urn:x:hello", "id", "urn:x:hello"),
    # Astro, and what content collections are made with
    ("astro", "title: 'Hello'", "title", "Hello"),
    ("astro", "pubDate: 'May 1 2024'", "published", SUMMER),
    ("astro", "pubDate: 2024-05-01T00:00:00+02:00", "published", SUMMER),
    ("astro", "publishedDate: 1 May 2024", "published", SUMMER),
    ("astro", "updatedDate: 'May 1, 2024'", "updated", SUMMER),
    ("astro", "heroImage: '../../assets/a.jpg'", "image", "../../assets/a.jpg"),
    ("astro", "image:\n  url: 'a.png'\n  alt: 'A'", "image", "a.png"),
    ("astro", "coverImage:\n  src: a.png", "image", "a.png"),
    ("astro", "draft: true", "draft", True),
    ("astro", "publish: false", "draft", True),
    ("astro", "isDraft: true", "draft", True),
    ("astro", "lang: pt_BR", "language", "pt-BR"),
    ("astro", "expires: 2024-05-01", "expires", SUMMER),
    ("astro", "expires: never", "expires", None),
    (
        "astro",
        "audio:\n  url: a.mp3\n  type: audio/mpeg\n  length: 12",
        "attachments",
        (Attachment("a.mp3", "audio/mpeg", 12),),
    ),
    ("astro", "video: [a.mp4, b.webm]", "attachments", (Attachment("a.mp4"), Attachment("b.webm"))),
    ("astro", "date:\n  created: 2024-05-01\n  updated: 2024-06-01", "published", SUMMER),
    ("astro", "date:\n  created: 2023-05-01\n  updated: 2024-05-01", "updated", SUMMER),
    ("astro", "author: Ida Falk <ida@example.org>", "authors", ("Ida Falk",)),
    ("astro", "status: scheduled\ndate: 2024-05-01", "draft", False),
    ("astro", "status: scheduled", "draft", True),
]


def fields_of(dialect: Dialect, header: str) -> Fields:
    """The fields of a file with this header."""
    notes = Notes("a.md")
    told, body = split(FENCES[dialect].format(header) + "Body.\n", notes, known_only=False)
    assert body.strip() == "Body."
    fields = read_fields(told, PLACE, notes)
    assert notes.warnings == []
    return fields


@pytest.mark.parametrize(
    ("dialect", "header", "field", "expected"), ROWS, ids=[f"{row[0]}: {row[1]}: {row[2]}" for row in ROWS]
)
def test_every_program_is_understood(dialect: Dialect, header: str, field: str, expected: object) -> None:
    """The header means here what it means to the program that it was written for."""
    found = getattr(fields_of(dialect, header), field)
    assert (tuple(author.name for author in found) if field == "authors" else found) == expected


@pytest.mark.parametrize("dialect", FENCES)
def test_every_program_has_its_rows(dialect: Dialect) -> None:
    """The table speaks of each of them, in at least ten rows."""
    assert sum(row[0] == dialect for row in ROWS) >= 10


NOT_UNDERSTOOD: list[tuple[Dialect, str]] = [
    ("jekyll", "date: 2024-02-30"),
    ("jekyll", "date: next week"),
    ("jekyll", "published: maybe"),
    ("hugo yaml", "draft: maybe"),
    ("hugo yaml", "expiryDate: when it is over"),
    ("hugo toml", "date = 07:32:00"),
    ("hugo toml", 'draft = "perhaps"'),
    ("hugo json", '"title": "x", "draft": [true]'),
    ("eleventy", "date: [2024-05-01]"),
    ("zola", 'date = "2024-13-01"'),
    ("pelican", "Title: x\nDate: someday"),
    ("pelican", "Title: x\nStatus: nearly"),
    ("nikola", ".. status: whatever"),
    ("docusaurus", "unlisted: perhaps"),
    ("astro", "pubDate: {a: b}"),
]


@pytest.mark.parametrize(("dialect", "header"), NOT_UNDERSTOOD)
def test_what_could_leak_or_lie_is_a_problem_in_every_dialect(dialect: Dialect, header: str) -> None:
    """A date or a word about publication is never guessed; the problem has a line and a remedy."""
    with pytest.raises(Unreadable) as caught:
        fields_of(dialect, header)
    assert caught.value.problem.line is not None
    assert caught.value.problem.remedy
