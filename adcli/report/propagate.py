"""The report of `propagate`: the uncertainty of every output, and the budget by input."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from adcli.numbers.text import write
from adcli.propagated import Propagated
from adcli.report.document import Block, Column, Records, Table, View, lines, texts
from adcli.report.results import Report, title_at


class PropagateReport(Report[Propagated]):
    """propagate: standard uncertainties."""

    def blocks(self, view: View) -> Iterator[Block]:
        result = self.result
        second = result.bias is not None
        columns = [Column("output", "name", narrow="cut"), Column("value", "primal", number=True),
                   Column("uncertainty", "tangent", number=True)]  # fmt: skip
        columns += [Column("bias", "partial", number=True), Column("to second order", "tangent", number=True)] * second
        rows = []
        for i, name in enumerate(result.outputs):
            row = [name, view.result(result.values[i]), view.number(result.sigma[i])]
            if result.bias is not None and result.sigma2 is not None:
                row += [view.number(result.bias[i]), view.number(result.sigma2[i])]
            rows.append(row)
        foot = ["uncertainty: one standard deviation, through the Jacobian"]
        if second:
            foot.append("bias: how far the mean is from the value; for normal inputs")
        yield Table(title_at("Uncertainty", result.at, view), columns, lines(rows), foot)
        if not result.variables:
            return
        columns = [Column("input", "name", narrow="cut"), Column("uncertainty", "tangent", number=True)]
        columns += [Column(f"% of {name}", "partial", number=True) for name in result.outputs]
        shares = (
            [name, view.number(result.given[j]), *(f"{row[j]:.1f}" for row in result.budget)]
            for j, name in enumerate(result.variables)
        )
        foot = ["of the variance; of correlated inputs each gets half of what they have together"]
        yield Table("Budget", columns, lines(shares), foot)

    def derivatives(self) -> dict[str, Any]:
        result = self.result
        found: dict[str, Any] = {
            "sigma": dict(zip(result.outputs, result.sigma, strict=True)),
            "budget": {
                output: dict(zip(result.variables, row, strict=True))
                for output, row in zip(result.outputs, result.budget, strict=True)
            },
            "covariance": result.covariance,
            "given": dict(zip(result.variables, result.given, strict=True)),
        }
        if result.bias is not None and result.sigma2 is not None:
            found["bias"] = dict(zip(result.outputs, result.bias, strict=True))
            found["sigma_second_order"] = dict(zip(result.outputs, result.sigma2, strict=True))
        return found

    def records(self) -> Records:
        result = self.result
        second = ["bias", "sigma_second_order"] if result.bias is not None else []

        def rows() -> Iterator[list[str]]:
            for i, output in enumerate(result.outputs):
                more = []
                if result.bias is not None and result.sigma2 is not None:
                    more = texts((result.bias[i], result.sigma2[i]))
                yield [output, write(result.values[i]), write(result.sigma[i]), *more, *texts(result.budget[i])]

        return ["output", "value", "sigma", *second, *(f"percent:{name}" for name in result.variables)], rows()

    def numbers(self) -> Iterable[Sequence[str]]:
        return ([text] for text in texts(self.result.sigma))
