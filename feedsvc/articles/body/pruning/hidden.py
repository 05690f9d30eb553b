"""Hidden elements: what people who look at the page never see, and what they would read twice without it."""

import re

from lxml import html

_HIDING = re.compile(
    r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all)\b", re.IGNORECASE
)
_FOR_SCREEN_READERS = frozenset(
    {
        *("sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text", "screen-reader-only"),
        *("screenreader-only", "sr-only-focusable", "show-for-sr", "u-visually-hidden", "is-sr-only"),
        *("visually-hidden-focusable", "screen-reader", "a11y-hidden", "is-visually-hidden"),
    }
)
"""Classes of words that say to screen readers what a sign shows everyone else."""
_FORMULAS = frozenset({"katex", "mathjax", "mathjax_display", "mjx-chtml", "mwe-math-element", "mathjax_svg"})
"""Classes around a formula that is told twice: as MathML, and drawn for the eye with ``aria-hidden``."""
_SHOWN_LATER = frozenset({"tabpanel"})
"""Roles of what a click shows: it is the text of a page, of which one part is open at first."""


def remove(root: html.HtmlElement) -> None:
    """Take every hidden element out of the tree, and of each formula everything but its MathML."""
    for formula in list(root.iter("math")):
        _keep_once(formula)
    for element in list(root.iter("*")):
        if element is not root and element.tag != "math" and _is_hidden(element):
            drop(element)


def drop(element: html.HtmlElement) -> None:
    """Take ``element`` out of its tree; the text behind it stays."""
    if element.getparent() is not None:
        element.drop_tree()


def classes(element: html.HtmlElement) -> frozenset[str]:
    """The classes of ``element``, in lower case."""
    return frozenset(element.get("class", "").lower().split())


def _is_hidden(element: html.HtmlElement) -> bool:
    held = element.attrib
    if "hidden" in held and held["hidden"].lower() != "until-found":
        return held.get("role") not in _SHOWN_LATER
    if "style" in held and _HIDING.search(held["style"]) and element.find(".//math") is None:
        return True
    return "class" in held and not _FOR_SCREEN_READERS.isdisjoint(classes(element))


def _keep_once(formula: html.HtmlElement) -> None:
    """Of a formula that its renderer tells twice, keep the MathML, without the TeX that readers would show too."""
    around = next((each for each in formula.iterancestors() if _tells_twice(each)), None)
    if around is None:
        return
    for drawn in list(around.iter("*")):
        if drawn.get("aria-hidden") == "true" and drawn.find(".//math") is None:
            drop(drawn)
    for source in list(formula.iter("annotation")):
        if source.text and not formula.get("alttext"):
            formula.set("alttext", source.text.strip())
        drop(source)


def _tells_twice(element: html.HtmlElement) -> bool:
    return element.tag == "mjx-container" or not _FORMULAS.isdisjoint(classes(element))
