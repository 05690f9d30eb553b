"""Line numbers beside highlighted code, of Chroma, Rouge, Pygments, Hexo and highlight.js."""

from lxml import html

from feedsvc.articles.body.pruning.hidden import classes, drop

_IN_CODE = frozenset({"ln", "lnt", "lineno", "linenos", "line-number", "line-numbers-rows", "hljs-ln-n"})
"""Classes of a number in a line, or of all numbers beside it."""
_GUTTERS = frozenset({"gutter", "linenos", "lineno", "linenodiv", "hljs-ln-numbers", "blob-num"})
"""Classes of the table cell that holds the numbers; Chroma's has none of its own."""
_TABLES = frozenset({"lntable", "rouge-table", "highlighttable", "codehilitetable", "hljs-ln"})


def remove(root: html.HtmlElement) -> None:
    """Take the numbers out of every block of code; a table that only set them beside the code becomes the code."""
    for table in list(root.iter("table")):
        if _numbers_lines(table):
            _unwrap(table)
    for block in list(root.iter("pre")):
        for element in list(block.iter("span", "a", "td", "div")):
            if not _IN_CODE.isdisjoint(classes(element)):
                drop(element)


def _numbers_lines(table: html.HtmlElement) -> bool:
    if not _TABLES.isdisjoint(classes(table)):
        return True
    around = table.getparent()
    is_code = around is not None and around.tag in {"figure", "div"} and "highlight" in classes(around)
    return is_code and any("gutter" in classes(cell) for cell in table.iter("td"))


def _unwrap(table: html.HtmlElement) -> None:
    """Put the code of ``table`` in its place."""
    cells = [cell for cell in table.iter("td") if not _is_gutter(cell)]
    blocks = [block for cell in cells for block in cell.iter("pre")]
    within = next((each for each in table.iterancestors() if each.tag == "pre"), None)
    if within is None and len(blocks) == 1:
        code = blocks[0]
        code.tail = None
        code.tail = table.tail
        table.getparent().replace(table, code)
        return
    words = "".join(_ended(cell.text_content()) for cell in cells)
    if within is None:
        code = html.Element("pre")
        code.text, code.tail = words, table.tail
        table.getparent().replace(table, code)
    else:
        table.tail = words + (table.tail or "")
        drop(table)


def _is_gutter(cell: html.HtmlElement) -> bool:
    if any(not _GUTTERS.isdisjoint(classes(each)) for each in cell.iter("td", "div", "pre")):
        return True
    return cell.find(".//span[@class='lnt']") is not None


def _ended(words: str) -> str:
    return words if words.endswith("\n") else f"{words}\n"
