"""A service whose articles directory is missing: an unmounted disk must not take the feeds away."""

from pathlib import Path

from commands import run_command
from serving import Service, wait_for, write


def test_the_last_edition_is_served_until_the_articles_are_back(tmp_path: Path) -> None:
    """It says so, and publishes again by itself."""
    articles = write(tmp_path / "articles", {"one.txt": "One\n\nFirst.\n"})
    assert run_command(tmp_path, "publish").returncode == 0
    articles.rename(tmp_path / "away")
    with Service(tmp_path, "--port", 0, "--interval", 1) as service:
        assert 'event="serving the last edition without the articles"' in service.log
        assert "the articles directory articles does not exist" in service.log
        service.ready()
        assert service.titles() == ["One"]
        write(tmp_path / "away", {"two.txt": "Two\n\nSecond.\n"})
        (tmp_path / "away").rename(articles)
        wait_for(lambda: sorted(service.titles()) == ["One", "Two"], "the articles that are back")


def test_without_an_edition_it_ends(tmp_path: Path) -> None:
    """There is nothing to serve, and the name is probably wrong; nothing is left behind."""
    done = run_command(tmp_path, "serve", "nowhere", "--port", 0)
    assert done.returncode == 2
    assert done.stderr == "feedsvc: the articles directory nowhere does not exist: create it or name another one\n"
    assert list(tmp_path.iterdir()) == []
