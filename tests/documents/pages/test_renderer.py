"""Templates in their sandbox, and what becomes of those of a theme that fail."""

from collections.abc import Callable

import pytest
from rendered_pages import listing_pages, render_listing

from feedsvc.articles.model import Problem
from feedsvc.articles.record import Record
from feedsvc.channels.site import Site
from feedsvc.documents.pages.theme import BUILT_IN, Theme

Make = Callable[..., Record]


def theme(**sources: str) -> Theme:
    """A theme of templates by their names without the ending."""
    return Theme("themes/sea", tuple(sorted((f"{name}.html", text) for name, text in sources.items())))


def test_a_theme_replaces_one_template_and_keeps_the_others(site: Site, make_record: Make) -> None:
    """Its own base is the frame of all pages."""
    own = theme(base="<title>{{ page.title }}</title><main>{% block main %}{% endblock %}</main><p>Mine</p>")
    page = render_listing(site, "/", make_record(), theme=own)
    assert page.texts("//p")[-1] == "Mine"
    assert page.texts("//h3/a") == ["The tide"]
    assert page.document.problems == ()


def test_a_template_can_extend_the_one_it_replaces(site: Site) -> None:
    """By its name below ``built-in/``."""
    own = theme(base='{% extends "built-in/base.html" %}{% block footer %}<footer>Mine</footer>{% endblock %}')
    page = render_listing(site, "/", theme=own)
    assert page.texts("//footer") == ["Mine"]
    assert page.values("//head/title")


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        pytest.param("a\nb\n{% if %}", 3, "TemplateSyntaxError", id="syntax"),
        pytest.param("a\n{{ chanel.title }}", 2, "UndefinedError", id="an unknown name"),
        pytest.param("a\n{{ channel.colour }}", 2, "UndefinedError", id="an unknown field"),
        pytest.param("{{ 1 / 0 }}", 1, "ZeroDivisionError", id="arithmetic"),
        pytest.param("a\n\n{{ channel.__class__.__mro__ }}", 3, "SecurityError", id="a way out"),
        pytest.param("{{ ''.__class__.mro() }}", 1, "SecurityError", id="another way out"),
        pytest.param("{{ '{0.__class__}'.format(channel) }}", 1, "SecurityError", id="a way out by a format"),
        pytest.param("{{ [].append(1) }}", 1, "SecurityError", id="a change"),
        pytest.param("{{ lipsum() }}", 1, "UndefinedError", id="chance"),
        pytest.param("{{ [1, 2] | random }}", 1, "TemplateAssertionError", id="chance by a filter"),
        pytest.param("a\n{% include '../../etc/passwd' %}", 2, "TemplateNotFound", id="a file elsewhere"),
        pytest.param("\n{% for i in range(9999999) %}{% endfor %}", 2, "OverflowError", id="a very long loop"),
    ],
)
def test_a_template_that_fails_is_named_and_replaced(site: Site, text: str, line: int, what: str) -> None:
    """By feedsvc's own, so that one mistake costs no page."""
    page = render_listing(site, "/", theme=theme(index=text))
    assert page.text == render_listing(site, "/").text
    (problem,) = page.document.problems
    assert (problem.path, problem.line, problem.severity) == ("themes/sea/index.html", line, "problem")
    assert what in problem.what


def test_a_mistake_in_the_frame_is_found_there(site: Site, make_record: Make) -> None:
    """Each page says the same of it, and so it is told once."""
    own = theme(base="\n\n{{ page.colour }}")
    recipes = listing_pages(site, [make_record()], own).values()
    problems = {problem for recipe in recipes for problem in recipe.make().problems}
    assert [problem.place for problem in problems] == ["themes/sea/base.html:3"]


def test_a_template_that_is_not_used_does_no_harm(site: Site) -> None:
    """However broken it is."""
    assert render_listing(site, "/", theme=theme(article="{% if %}")).document.problems == ()


def test_another_theme_makes_every_page_anew(site: Site, make_record: Make) -> None:
    """And the same theme none."""
    keys = [
        {path: recipe.key for path, recipe in listing_pages(site, [make_record()], each).items()}
        for each in (BUILT_IN, theme(base="a"), theme(base="b"), theme(base="b"))
    ]
    assert keys[2] == keys[3]
    assert all(len({each[path] for each in keys[:3]}) == 3 for path in keys[0])


def test_a_theme_of_a_stylesheet_alone_keeps_the_templates(site: Site) -> None:
    """Its address changes with it."""
    own = Theme("themes/sea", (("style.css", "h1 { color: teal }"),))
    assert own.style("style.css") == b"h1 { color: teal }"
    (style,) = render_listing(site, "/", theme=own).values('//link[@rel="stylesheet"]/@href')
    assert style == own.style_path("style.css") != BUILT_IN.style_path("style.css")


def test_what_could_not_be_read_is_no_part_of_the_key() -> None:
    """A problem changes no page."""
    problem = Problem("themes/sea/base.html", None, "unreadable", "mend it")
    assert Theme("a", (), (problem,)).key == BUILT_IN.key
