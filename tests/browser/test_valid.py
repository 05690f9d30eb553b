"""What the Nu checker, which knows HTML as browsers are told to read it, says of every page."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from repository import ROOT
from sample_sites import pages_of

from feedsvc.core.i18n.translation import LANGUAGES

pytestmark = pytest.mark.slow

JAR = Path(os.environ.get("VNU_JAR", ROOT / "build/nu/node_modules/vnu-jar/build/dist/vnu.jar"))

_EXCUSED = (
    # What follows ``feed:`` is an opaque path (URL Standard, section 4.3); the checker wants a slash there.
    re.compile(r"Bad value “feed:https?://[^”]*” for attribute “href” on element “a”: Expected a slash"),
    # Feed readers know no stylesheet of ours, so an article's table keeps its alignment in the markup.
    re.compile(r"The “align” attribute on the “t[hd]” element is obsolete"),
    # The notes at the foot of an article.
    re.compile(r"Section lacks heading"),
)


@pytest.mark.skipif(shutil.which("java") is None, reason="Java is not installed")
@pytest.mark.skipif(not JAR.exists(), reason="vnu.jar is not there; .ci/run fetches it, VNU_JAR names another")
def test_every_page_in_every_language_is_valid(tmp_path: Path) -> None:
    """No error and no warning, for each kind of page in English and in each language that has a catalogue."""
    pages = tmp_path / "pages"
    pages.mkdir()
    for language in ("en", *LANGUAGES):
        for number, (path, content) in enumerate(sorted(pages_of(tmp_path / language, language).items())):
            if not path.endswith(".css"):
                (pages / f"{language}-{number}-{path.strip('/').replace('/', '-')}.html").write_bytes(content)
    assert len([*pages.iterdir()]) > 100
    command = ["java", "-Xss2m", "-jar", str(JAR), "--format", "json", "--exit-zero-always", str(pages)]
    checked = subprocess.run(command, capture_output=True, check=True, timeout=600)
    messages = json.loads(checked.stderr)["messages"]
    told = [each for each in messages if not any(excuse.match(each["message"]) for excuse in _EXCUSED)]
    assert sorted({f"{Path(each.get('url', '')).name}: {each['message']}" for each in told}) == []
