"""The pages on moving a blog: each step is run as it is copied, and a subscriber sees nothing twice.

The blogs are built by the real programs, with a feed of ten of their twelve posts. ``.ci/run`` installs Eleventy
and Pelican in ``build/``.
"""

import base64
import json
import os
import shlex
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest
from guides import blocks, run
from http_stub import BlogHost
from readers import Lemon24Reader, News
from repository import ROOT
from serving import PATIENCE, Service, wait_for, write

pytestmark = pytest.mark.slow(first=True)

ADDRESS = "https://blog.example.org"
POSTS = 12
FED = 10
BUILD = ROOT / "build"
TOOLS = ":".join(
    f"{BUILD}/{folder}" for folder in ("pelican/bin", "eleventy/node_modules/.bin", "wordpress/node_modules/.bin")
)
_WXR = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wp="http://wordpress.org/export/1.2/" '
    'xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
)
DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
"""A picture of one pixel."""
"""Where ``.ci/run`` installs the programs that no package of the system is."""
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'


@dataclass(frozen=True, slots=True)
class Blog:
    """One of the programs."""

    name: str
    make: Callable[[Path, str], None]
    """Writes the blog below a folder, for an address."""
    build: str
    """The command that builds what is public."""
    feed: str
    page: str
    """The old address of a post."""
    program: str = ""
    """What has to be installed; the name of the blog's program where it is empty."""
    fed: int = FED
    """How many posts its feed tells."""
    known: int = POSTS
    """How many posts have their ids from feeds."""


def jekyll(home: Path, url: str) -> None:
    """Posts with dates in their names, a draft, a picture."""
    config = f"title: Letters from the coast\nurl: {url}\nauthor: Ada\nplugins:\n  - jekyll-feed\n"
    posts = {
        f"_posts/2026-01-{day:02}-letter-{day}.md": f"---\ntitle: Letter {day}\ntags: [sea]\n---\n{_text(day)}"
        for day in range(1, POSTS + 1)
    }
    draft = {"_drafts/idea.md": "---\ntitle: Not yet\n---\nAn idea.\n", "assets/light.svg": PICTURE}
    write(home / "blog", posts | draft | {"_config.yml": config})


def hugo(home: Path, url: str) -> None:
    """Posts with TOML headers, a draft, a picture, the barest templates."""
    config = f'baseURL = "{url}/"\ntitle = "Letters from the coast"\n[services.rss]\nlimit = {FED}\n'
    posts = {
        f"content/posts/letter-{day}.md": f"+++\ntitle = 'Letter {day}'\ndate = 2026-01-{day:02}\n+++\n"
        + _text(day)
        for day in range(1, POSTS + 1)
    }
    rest = {
        "content/posts/_index.md": "+++\ntitle = 'All letters'\n+++\n",
        "content/posts/idea.md": "+++\ntitle = 'Not yet'\ndraft = true\n+++\nAn idea.\n",
        "static/assets/light.svg": PICTURE,
        "layouts/index.html": "{{ .Title }}",
        "layouts/_default/single.html": "{{ .Content }}",
        "layouts/_default/list.html": "{{ .Title }}",
    }
    write(home / "blog", posts | rest | {"config.toml": config})


def eleventy(home: Path, url: str) -> None:
    """Posts with YAML headers and a data file in JavaScript, a draft, a picture, Eleventy's RSS plugin."""
    (home / "blog").mkdir()
    (home / "blog" / "node_modules").symlink_to(BUILD / "eleventy" / "node_modules")
    config = f"""
        import {{ feedPlugin }} from "@11ty/eleventy-plugin-rss";
        export default function (config) {{
          config.addPassthroughCopy({{ "public/": "/" }});
          config.addPreprocessor("drafts", "md", (data) => (data.draft ? false : undefined));
          config.addPlugin(feedPlugin, {{
            type: "atom",
            outputPath: "/feed/feed.xml",
            collection: {{ name: "posts", limit: 10 }},
            metadata: {{
              language: "en", title: "Letters from the coast", base: "{url}/", author: {{ name: "Ada" }},
            }},
          }});
        }}
        export const config = {{ dir: {{ input: "content" }} }};
    """
    posts = {
        f"content/blog/letter-{day}.md": f"---\ntitle: Letter {day}\ndate: 2026-01-{day:02}\n---\n{_text(day)}"
        for day in range(1, POSTS + 1)
    }
    rest = {
        "content/blog/blog.11tydata.js": 'export default { tags: ["posts"] };',
        "content/blog/idea.md": "---\ntitle: Not yet\ndraft: true\n---\nAn idea.\n",
        "public/assets/light.svg": PICTURE,
        "package.json": '{"type": "module"}',
    }
    write(home / "blog", posts | rest | {"eleventy.config.js": config})


def pelican(home: Path, url: str) -> None:
    """Posts with Pelican's lines as headers, one in reStructuredText, a draft, a picture, a page."""
    config = (
        f"SITEURL = '{url}'\nSITENAME = 'Letters from the coast'\nAUTHOR = 'Ada'\nTIMEZONE = 'UTC'\n"
        f"FEED_DOMAIN = SITEURL\nFEED_ALL_ATOM = 'feeds/all.atom.xml'\nFEED_MAX_ITEMS = {FED}\n"
        "CATEGORY_FEED_ATOM = 'feeds/{slug}.atom.xml'\nSTATIC_PATHS = ['assets']\n"
    )
    posts = {
        f"content/letter-{day}.md": f"Title: Letter {day}\nDate: 2026-01-{day:02}\nCategory: Sea\n\n{_text(day)}"
        for day in range(1, POSTS)
    }
    rest = {
        f"content/letter-{POSTS}.rst": f"Letter {POSTS}\n#########\n\n:date: 2026-01-{POSTS}\n"
        ":category: Sea\n\nDark.\n",
        "content/idea.md": "Title: Not yet\nDate: 2026-01-20\nStatus: draft\n\nAn idea.\n",
        "content/pages/about.md": "Title: About\n\nAda lives here.\n",
        "content/assets/light.svg": PICTURE,
    }
    write(home / "blog", posts | rest | {"publishconf.py": config})


def wordpress(home: Path, url: str) -> None:
    """What WordPress gives the world: two pages of a feed, a picture; and its export, with a draft."""
    days = range(1, POSTS + 1)
    export = "".join(_wordpress_post(day, url, "publish") for day in days) + _wordpress_post(20, url, "draft")
    feeds = [
        "".join(_item(day, f"{url}/2026/01/letter-{day}/", f"{url}/?p={day}") for day in part)
        for part in (days[: -FED - 1 : -1], days[-FED - 1 :: -1])
    ]
    rss = '<rss version="2.0"><channel><generator>https://wordpress.org/?v=6.5</generator>{}</channel></rss>'
    pages = {
        "live/feed/index.html": rss.format(feeds[0]),
        "live/feed/?paged=2": rss.format(feeds[1]),
        "export.xml": f'<rss version="2.0" {_WXR}><channel>{export}</channel></rss>',
    }
    write(home, pages)
    (home / "live/wp-content").mkdir()
    (home / "live/wp-content/light.png").write_bytes(DOT)


def ghost(home: Path, url: str) -> None:
    """Ghost's feed of the newest posts; and its export, with a draft, a page and a post for members."""
    posts = [_ghost_post(day) for day in range(1, 18)]
    others = [
        _ghost_post(20, title="Not yet", status="draft", published_at=None),
        _ghost_post(21, title="Not yet for all", visibility="members"),
        _ghost_post(22, title="About", type="page"),
    ]
    data = {
        "posts": posts + others,
        "tags": [{"id": "t1", "name": "Sea"}],
        "posts_tags": [{"post_id": post["id"], "tag_id": "t1"} for post in posts],
        "users": [{"id": "u1", "name": "Ada"}],
        "posts_authors": [{"post_id": post["id"], "author_id": "u1"} for post in posts],
    }
    items = "".join(_item(day, f"{url}/letter-{day}/", str(posts[day - 1]["id"])) for day in range(17, 2, -1))
    feed = f'<rss version="2.0"><channel><generator>Ghost 5.82</generator>{items}</channel></rss>'
    write(home, {"live/rss/index.html": feed, "ghost.json": json.dumps({"db": [{"data": data}]})})
    (home / "content/images").mkdir(parents=True)
    (home / "content/images/light.png").write_bytes(DOT)


def _item(day: int, link: str, guid: str) -> str:
    return (
        f'<item><title>Letter {day}</title><link>{link}</link><guid isPermaLink="false">{guid}</guid>'
        f"<pubDate>{datetime(2026, 1, day, 9, 30, tzinfo=UTC):%a, %d %b %Y %H:%M:%S +0000}</pubDate></item>"
    )


def _wordpress_post(day: int, url: str, status: str) -> str:
    title = f"Letter {day}" if status == "publish" else "Not yet"
    body = f'<p>The light was seen <em>{day}</em> times.</p><img src="{url}/wp-content/light.png" alt="The light">'
    fields = {
        "post_id": day,
        "post_date": f"2026-01-{day:02} 10:30:00",
        "post_name": f"letter-{day}",
        "status": status,
        "post_type": "post",
    }
    told = "".join(f"<wp:{name}>{value}</wp:{name}>" for name, value in fields.items())
    pub = f"{datetime(2026, 1, day, 9, 30, tzinfo=UTC):%a, %d %b %Y %H:%M:%S +0000}"
    return (
        f"<item><title>{title}</title><link>{url}/2026/01/letter-{day}/</link><pubDate>{pub}</pubDate>"
        f"<content:encoded><![CDATA[{body}]]></content:encoded>{told}"
        '<category domain="category" nicename="sea"><![CDATA[Sea]]></category></item>'
    )


def _ghost_post(day: int, **fields: object) -> dict[str, object]:
    html = (
        f'<p>The light was seen <em>{day}</em> times.</p><img src="__GHOST_URL__/content/images/light.png"'
        ' alt="The light">'
    )
    post = {
        "id": f"65a{day:021x}",
        "title": f"Letter {day}",
        "slug": f"letter-{day}",
        "html": html,
        "status": "published",
        "visibility": "public",
        "type": "post",
        "created_at": f"2026-01-{day:02}T09:00:00.000Z",
        "published_at": f"2026-01-{day:02}T09:30:00.000Z",
    }
    return post | fields


def _text(day: int) -> str:
    return f"The light was seen *{day}* times.\n\n![The light](/assets/light.svg)\n"


BLOGS = {
    "jekyll": Blog("jekyll", jekyll, "jekyll build -s blog -d live", "/feed.xml", "/2026/01/07/letter-7.html"),
    "hugo": Blog("hugo", hugo, 'hugo -s blog -d "$PWD/live"', "/index.xml", "/posts/letter-7/"),
    "eleventy": Blog(
        "eleventy",
        eleventy,
        "cd blog && npx @11ty/eleventy --output=../live",
        "/feed/feed.xml",
        "/blog/letter-7/",
    ),
    "pelican": Blog(
        "pelican",
        pelican,
        "pelican blog/content --settings blog/publishconf.py --output live",
        "/feeds/all.atom.xml",
        "/letter-7.html",
    ),
    "wordpress": Blog(
        "wordpress", wordpress, "true", "/feed/", "/2026/01/letter-7/", "wordpress-export-to-markdown"
    ),
    "ghost": Blog("ghost", ghost, "true", "/rss/", "/letter-7/", "python3", fed=15, known=15),
}


@dataclass(frozen=True, slots=True)
class Move:
    """A blog that has moved."""

    service: Service
    subscriber: Lemon24Reader
    host: BlogHost
    before: News
    shown: str
    """What ``adopt --write`` printed."""


@pytest.fixture(scope="module", params=list(BLOGS))
def blog(request: pytest.FixtureRequest) -> Blog:
    """A blog, if its program is installed."""
    found = BLOGS[str(request.param)]
    if shutil.which(found.program or found.name, path=f"{os.environ['PATH']}:{TOOLS}") is None:
        pytest.skip(f"{found.name} is not installed")
    return found


@pytest.fixture(scope="module")
def moved(blog: Blog, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Move]:
    """Its guide, followed to the end, by somebody with a subscriber."""
    home = tmp_path_factory.mktemp(blog.name)
    (home / "reader").mkdir()
    with ExitStack() as stack:
        host = stack.enter_context(BlogHost(home / "live"))
        blog.make(home, host.url)
        run(blog.build, home, TOOLS)
        subscriber = Lemon24Reader(home / "reader", host.url + blog.feed)
        before = subscriber.poll()
        guide = (ROOT / "docs/how-to" / f"move-from-{blog.name}.md").read_text("utf-8")
        *steps, last = blocks(guide.replace(ADDRESS, host.url))
        shown = [run(step, home, TOOLS) for step in steps][-1]
        program, word, *arguments = shlex.split(last)
        assert (program, word) == ("feedsvc", "serve")
        service = stack.enter_context(Service(home, *arguments, "--port", 0)).ready()
        host.behind = service.url
        yield Move(service, subscriber, host, before, shown)


def test_every_post_is_known(moved: Move, blog: Blog) -> None:
    """Also the two that have left the old feed; Ghost's export has their ids."""
    assert len(moved.before.new) == blog.fed
    assert f"{blog.known} of {blog.known} entries" in moved.shown


def test_the_subscriber_sees_nothing_twice(moved: Move) -> None:
    """Nothing at the first poll of the new feed, then just the new post."""
    assert moved.subscriber.poll().new == ()
    write(moved.service.home / "stories", {"2026-02-01-here.txt": "We are here now\n\nThe boxes are unpacked.\n"})
    moved.service.scan()
    wait_for(lambda: "We are here now" in moved.service.titles(), "the new post")
    assert [one.title for one in moved.subscriber.poll().new] == ["We are here now"]


def test_a_post_stays_at_its_old_address(moved: Move, blog: Blog) -> None:
    """Links that others have made stay good without a redirect, and the picture came along."""
    answer = httpx2.get(moved.host.url + blog.page, timeout=PATIENCE)
    assert answer.status_code == 200
    assert "The light was seen <em>7</em> times." in answer.text
    assert "/media/" in answer.text


def test_the_pattern_gives_every_old_address(moved: Move) -> None:
    """So the next post gets an address like them."""
    assert "article_url" not in moved.shown
    assert "2026-01-07" in moved.shown


def test_drafts_stay_drafts(moved: Move) -> None:
    """In no feed, and on no page."""
    assert "Not yet" not in moved.service.get("/feed.json").text + moved.service.get("/").text


def test_the_old_feeds_lead_to_the_new(moved: Move, blog: Blog) -> None:
    """In the same format."""
    others = {"hugo": ["/posts/index.xml"], "pelican": ["/feeds/sea.atom.xml"]}
    for path in [blog.feed, *others.get(blog.name, [])]:
        answer = httpx2.get(moved.host.url + path, follow_redirects=True, timeout=PATIENCE)
        assert answer.status_code == 200, path
        assert ("<feed " in answer.text) is (blog.name not in {"hugo", "wordpress", "ghost"})
