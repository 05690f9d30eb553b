"""A site with all that a page can show, in English and in Arabic."""

import struct
import wave
import zlib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from read_here import ReadHere
from serving import write
from site_rounds import NOON, story
from stored_site import response_at, served_paths

from feedsvc.articles.options import ReadOptions
from feedsvc.channels.site import Site
from feedsvc.publishing.options import RoundOptions
from feedsvc.publishing.round import publish
from feedsvc.responses.response import Response
from feedsvc.store.store import open_store

ENGLISH = {
    "site__title": "The Harbour Post",
    "site__description": "Boats, tides and people, told from the quay.",
    "site__author": "Ines Vogt",
}
ARABIC = {
    "site__title": "بريد الميناء",
    "site__description": "المراكب والمدّ والناس، كما تُرى من الرصيف.",
    "site__language": "ar",
}
LONG = {"feeds__size": "3", "feeds__days": "0", "feeds__archive_size": "2"}
"""So that a few articles fill several pages."""

_EVERYTHING = """\
---
title: What the tide table leaves out
date: 2026-05-04
tags: [tides, boats]
author: Ines Vogt
summary: A table knows when the water comes. It does not know the wind.
image: quay.png
---

The table says **six metres** at noon. The wind says otherwise, and the wind is `here`.[^wind]

![The quay at noon, with the water over its edge](quay.png)

## Reckoning

```python
def water(hour: float, spring: float = 6.0) -> float:
    "How high it stands, in metres, if no wind blows and nobody looks at the sky, as nobody does here."
    return spring / 2 * (1 + cos(tau * hour / 12.4))
```

| hour | by the table | at the quay | wind from | what the harbour master wrote beside it |
|-----:|-------------:|------------:|-----------|------------------------------------------|
|    6 |        0.4 m |       0.6 m | west      | calm, nets are drying                    |
|   12 |        6.0 m |       6.7 m | northwest | the-water-stood-over-the-edge-of-the-quay |

> Whoever trusts a table has never stood in one.

- [x] ropes checked
- [ ] cellar emptied

1. Look at the flag.
2. Look at the gulls, at <https://example.org/gulls/with/a/very/long/address/that/does/not/fit/on/any/telephone>.

### The bell

It rings at high water:

<audio controls preload="none" src="bell.wav"></audio>

[^wind]: Northwest, as always. It adds up to seventy centimetres.
"""

_EVERYTHING_ARABIC = """\
---
title: ما لا يقوله جدول المدّ
date: 2026-05-04
tags: [المدّ]
author: إيناس
image: quay.png
---

يقول الجدول **ستة أمتار** عند الظهر.[^wind]

![الرصيف عند الظهر](quay.png)

```python
water(hour=12)  # 6.0
```

| الساعة | الارتفاع |
|---:|---:|
| 12 | 6.7 |

> للريح رأي آخر.

<audio controls preload="none" src="bell.wav"></audio>

[^wind]: الشمالية الغربية.
"""

_ENGLISH = {
    "quay/tide-table.md": _EVERYTHING,
    "quay/nets.md": story(
        "Mending nets", "A net is holes tied together.", date="2026-04-02", tags="[boats]", author="Jo Mertens"
    ),
    "quay/2026-03-09-ferry.txt": "The last ferry\n\nIt leaves at nine, and it does not wait.\n",
    "town/market.md": story(
        "Fish, bread and gossip",
        "It opens at six.\n\n![The stalls before the sea](sea.png)\n\nAt noon there is gossip only.",
        date="2026-02-11",
        tags="[town]",
        author="Ines Vogt",
        image="../quay/quay.png",
    ),
    "town/2026-02-01-light.html": "<title>The light is lit again</title><p>It turns, <em>slowly</em>.</p>",
    "town/leaving.md": story("To be taken back", "It says too much.", date="2026-01-20"),
}
_ARABIC = {
    "quay/tide.md": _EVERYTHING_ARABIC,
    "quay/nets.md": story("إصلاح الشباك", "الشبكة ثقوب مربوطة.", date="2026-04-02", tags="[المراكب]"),
    "quay/english.md": story("A letter from abroad", "It goes from left to right.", date="2026-03-02", lang="en"),
    "town/market.md": story("سوق السمك", "يفتح السوق في السادسة.", date="2026-02-11"),
    "town/leaving.md": story("سيُسحب", "يقول أكثر مما ينبغي.", date="2026-01-20"),
}
LEAVING = "town/leaving.md"
"""The article that is taken back."""

KINDS: Mapping[str, str] = {
    "landing": "/",
    "article": "/quay/tide-table",
    "bare article": "/quay/ferry",
    "section": "/quay/",
    "tag": "/tags/boats/",
    "author": "/authors/ines-vogt/",
    "directory": "/tags/",
    "archive": "/archive/1/",
    "preview": "/rss.xml",
    "missing": "/nothing/here",
    "gone": "/town/leaving",
}
"""Each kind of page, and where the English site has one."""
ARABIC_KINDS: Mapping[str, str] = {
    "landing": "/",
    "article": "/quay/tide",
    "foreign article": "/quay/english",
    "directory": "/tags/",
    "preview": "/rss.xml",
    "missing": "/nothing/here",
    "gone": "/town/leaving",
}
"""The same of the Arabic one."""


def english(directory: Path) -> Path:
    """Write the English site into ``directory``."""
    return _furnished(write(directory, _ENGLISH))


def arabic(directory: Path) -> Path:
    """Write the Arabic site, with an article in English, into ``directory``."""
    return _furnished(write(directory, _ARABIC))


def _furnished(directory: Path) -> Path:
    (directory / "quay" / "quay.png").write_bytes(_horizon(1200, 500))
    (directory / "town" / "sea.png").write_bytes(_horizon(1600, 900))
    with wave.open(str(directory / "quay" / "bell.wav"), "wb") as bell:
        bell.setparams((1, 1, 8000, 0, "NONE", ""))
        bell.writeframes(bytes(128 + (hour * 37 % 64) // (1 + hour // 800) for hour in range(8000)))
    return directory


def _horizon(width: int, height: int) -> bytes:
    """A picture of the sea under the sky, as PNG (its specification, 2003, sections 5 and 11)."""
    sky = [(250 - row // 4, 214 - row // 8, 170 + row // 6) for row in range(height // 2)]
    sea = [(38 + row // 8, 92 + row // 5, 120 + row // 5) for row in range(height - height // 2)]
    lines = b"".join(b"\0" + bytes(min(part, 255) for part in colour) * width for colour in (*sky, *sea))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def pages_of(home: Path, language: str) -> dict[str, bytes]:
    """Every page and stylesheet of a site in ``language`` by its path, as it is published; without any server."""
    articles = (arabic if language == "ar" else english)(home / "articles")
    site = Site("https://post.example.org", "The Post", "Tides & people.", language, feed_size=3, archive_size=2)
    plan = RoundOptions(articles, site, ReadOptions(site.base_url, ZoneInfo("UTC"), 20_000), "post.example.org")
    store = open_store(f"sqlite:///{home}/store.db")
    try:
        outcome = publish(
            plan,
            store.publisher,
            store.publisher.state(),
            NOON,
            afresh=True,
            progress=lambda *_: None,
            readers=ReadHere(),
        )
        (articles / LEAVING).unlink()
        outcome = publish(
            plan,
            store.publisher,
            outcome.state,
            NOON + timedelta(hours=1),
            afresh=False,
            progress=lambda *_: None,
            readers=ReadHere(),
        )
        found = [(path, response_at(store, path)) for path in served_paths(store)]
        return {path: _plain(answer[1]) for path, answer in found if answer and _is_shown(answer[1])}
    finally:
        store.close()


def _is_shown(response: Response) -> bool:
    return dict(response.headers).get("content-type", "").startswith(("text/html", "text/css"))


def _plain(response: Response) -> bytes:
    (plain,) = (form for form in response.representations if form.coding == "identity")
    return plain.body
