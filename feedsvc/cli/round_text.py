"""How one round is shown by the command that ran it."""

from feedsvc.articles.source.left_out import left_out_line
from feedsvc.cli.options import Exit
from feedsvc.core.printable import printable_line, to_json
from feedsvc.operations.status import findings, round_json
from feedsvc.store.report import Report


def exit_status(report: Report) -> Exit:
    """What a script is told; the worst of what there is."""
    if report.failure:
        return Exit.FAILED
    if report.refusals:
        return Exit.REFUSED
    return Exit.PROBLEMS if report.set_aside else Exit.OK


def report_text(report: Report) -> str:
    """For people: what moved for the public, what is to be mended, and the whole in one line."""
    moved = [f"{each.kind}: {page}" for each in report.moved for page in each.pages]
    more = [f"{each.kind}: {rest} more" for each in report.moved if (rest := each.count - len(each.pages))]
    return "\n".join([*moved, *more, *map(printable_line, findings(report)), _summary(report)])


def _summary(report: Report) -> str:
    if report.failure or report.refusals:
        return "nothing of this round counts; the last edition stays"
    line = f"{report.counts.published} published, {report.read} read, {report.changed} documents changed"
    return f"{line}; left out: {left_out_line(report.left_out)}" if report.left_out else line


def report_json(report: Report) -> str:
    """For programs."""
    told = {"exit_status": exit_status(report), "round": round_json(report), "findings": findings(report)}
    return to_json(told)
