"""The pages on moving a blog: each step is run as it is copied, and a subscriber sees nothing twice.

The blogs are built by the real programs, with a feed of ten of their twelve posts. ``.ci/run`` installs Eleventy
and Pelican in ``build/``.
"""

import os
import shlex
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from guides import blocks, run
from http_stub import BlogHost
from readers import Lemon24Reader, News
from repository import ROOT
from serving import PATIENCE, Service, wait_for, write

pytestmark = pytest.mark.slow

ADDRESS = "https://blog.example.org"
POSTS = 12
FED = 10
BUILD = ROOT / "build"
TOOLS = f"{BUILD}/pelican/bin:{BUILD}/eleventy/node_modules/.bin"
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


@pytest.fixture(scope="module", params=BLOGS)
def blog(request: pytest.FixtureRequest) -> Blog:
    """A blog, if its program is installed."""
    found = BLOGS[str(request.param)]
    if shutil.which(found.name, path=f"{os.environ['PATH']}:{TOOLS}") is None:
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


def test_every_post_is_known(moved: Move) -> None:
    """Also the two that have left the old feed."""
    assert len(moved.before.new) == FED
    assert f"{POSTS} of {POSTS} entries" in moved.shown


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
        assert ("<feed " in answer.text) is (blog.name != "hugo")
