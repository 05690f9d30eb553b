"""Files of kinds at which parsers swell or hang: each made as large as one wants, about."""

from collections.abc import Callable, Mapping

KINDS: Mapping[str, tuple[str, Callable[[int], str]]] = {
    "table of 3,000 columns": (
        ".md",
        lambda size: "|a" * 3000 + "|\n" + "|-" * 3000 + "|\n" + "|a|\n" * (size // 4),
    ),
    "long table": (".md", lambda size: "|a|b|\n|-|-|\n" + "|x|y|\n" * (size // 6)),
    "nested quotes": (".md", lambda size: "> " * (size // 2) + "x"),
    "nested lists": (
        ".md",
        lambda size: "".join(f"{' ' * level}- x\n" for level in range(int((2 * size) ** 0.5))),
    ),
    "emphasis": (".md", lambda size: "*a **b " * (size // 7)),
    "brackets": (".md", lambda size: "[" * (size // 2) + "](x)" * (size // 8)),
    "definitions and references": (".md", lambda size: "[a]: /x\n\n" + "[a] " * (size // 4)),
    "local links": (".md", lambda size: "".join(f"[a](b{n}.md) " for n in range(size // 14))),
    "footnotes": (".md", lambda size: "".join(f"[^{n}]\n\n[^{n}]: x\n\n" for n in range(size // 24))),
    "back-ticks": (".md", lambda size: "".join("`" * n + " " for n in range(int((2 * size) ** 0.5)))),
    "shortcodes": (".md", lambda size: "{{< a " * (size // 6)),
    "Liquid": (".md", lambda size: "{% if a %}" * (size // 10)),
    "long line": (".md", lambda size: "a" * size),
    "deep HTML": (".html", lambda size: "<div>" * (size // 5)),
    "attributes": (".html", lambda size: "<p " + "a=b " * (size // 4) + ">x"),
    "entities": (".html", lambda size: "&amp;&#x41;&lt;" * (size // 15)),
    "open tags": (".html", lambda size: "<b><i><p>" * (size // 9)),
    "URLs in text": (".txt", lambda size: "http://a.example/ x " * (size // 20)),
    "large YAML": (".md", lambda size: "---\n" + "a: [b]\n" * (size // 7) + "---\nx"),
    "deep YAML": (".md", lambda size: "---\na: " + "[" * (size // 2) + "]" * (size // 2) + "\n---\nx"),
    "large TOML": (".md", lambda size: "+++\n" + "".join(f"a{n} = 1\n" for n in range(size // 10)) + "+++\nx"),
    "deep JSON": (".md", lambda size: '{"a": ' + "[" * (size // 2) + "]" * (size // 2) + "}\nx"),
    "tags": (".md", lambda size: "---\ntags: [" + ", ".join(f"t{n}" for n in range(size // 8)) + "]\n---\nx"),
}
"""Suffix, and what gives the text for a size in bytes, by name."""
