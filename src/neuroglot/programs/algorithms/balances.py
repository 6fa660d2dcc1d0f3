"""Balances: amounts of money that bear interest, are paid, or are priced by quantity."""

from numpy.random import Generator

from neuroglot.programs.algorithm import Algorithm, Exercise
from neuroglot.programs.choices import chance, pick, whole
from neuroglot.programs.filling import fill
from neuroglot.programs.reading import read
from neuroglot.programs.spellings import counted, either_way, in_full

BALANCES = ("balance", "savings", "capital", "funds")
YEARS = ("year", "turn", "period")


def interest(rng: Generator) -> tuple[list[str], str]:
    """Interest at one rate, or at a better one from a limit on: lines and wording."""
    rate, more, limit = whole(rng, 2, 9), whole(rng, 1, 4), 500 * whole(rng, 1, 6)
    once = in_full(rng, f"{{balance}} += {{balance}} * {rate} // 100")
    if chance(rng):
        return [once], f"at {rate} percent interest"
    better = f"{{balance}} += {{balance}} * {rate + more} // 100"
    lines = [f"if {{balance}} >= {limit}:", f"    {better}", "else:", f"    {once}"]
    return lines, f"at {rate} percent interest, or {rate + more} percent from {limit} on"


def yearly_balance(rng: Generator) -> Exercise:
    """A balance after some years of interest and of a deposit, a fee or a bonus."""
    lines, at = interest(rng)
    amount, every, early = 10 * whole(rng, 1, 15), whole(rng, 2, 4), chance(rng)
    extra = pick(rng, ("none", "deposit", "fee", "bonus"))
    change, wording = {
        "none": ([], ""),
        "deposit": ([f"{{balance}} += {amount}"], f"with a deposit of {amount}"),
        "fee": (
            [f"if {{balance}} > {amount}:", f"    {{balance}} -= {amount}"],
            f"with a fee of {amount} while more than that is left",
        ),
        "bonus": (
            [f"if {{year}} % {every} == 0:", f"    {{balance}} += {amount}"],
            f"with a bonus of {amount} every {every} years",
        ),
    }[extra]
    if wording:
        wording += ", paid before the interest" if early else ", paid after the interest"
    source = fill(
        """
def {entry}({start}: int, {years}: int) -> int:
    '''the balance after `{years}` years {at}{wording}

    {start}: the balance at the beginning, not below zero
    {years}: the number of years
    '''
    {balance} = {start}
    {loop}
    return {balance}
""",
        start=pick(rng, ("start_balance", "deposit", "initial_amount", "principal")),
        years=pick(rng, ("years", "duration", "year_count")),
        balance=pick(rng, BALANCES),
        year=pick(rng, YEARS),
        loop=counted(rng, "{year}", first="1", stop="{years} + 1")
        if extra == "bonus"
        else counted(rng, "{year}", stop="{years}"),
        body="\n".join(change + lines if early else lines + change),
        at=at,
        wording=f", {wording}" if wording else "",
        entry=pick(rng, ("final_balance", "grow_balance", "balance_after", "future_value")),
    )
    program = read(source, title=pick(rng, ("savings_account", "savings_plan", "balance_sheet")))
    return Exercise(
        program, lambda rng: (whole(rng, 0, 3000), whole(rng, 1, 12)), ((1000, 0), (200, 3))
    )


def years_to_goal(rng: Generator) -> Exercise:
    """How many years a balance takes to grow (or fall) beyond a goal."""
    rate, amount = whole(rng, 2, 12), whole(rng, 5, 60)
    grows, counts_down = chance(rng), chance(rng)
    sign, word = ("+", "grows") if grows else ("-", "falls")
    reached, words = pick(
        rng,
        ((">=", "reaches"), (">", "exceeds"))
        if grows
        else (("<=", "reaches"), ("<", "goes below")),
    )
    missing = {">=": "<", ">": "<=", "<=": ">", "<": ">="}[reached]
    lines = [
        in_full(rng, f"{{balance}} {sign}= {{balance}} * {rate} // 100"),
        in_full(rng, f"{{balance}} {sign}= {amount}"),
    ]
    changes = [f"{rate} percent", f"{amount}"]
    if chance(rng):
        lines.reverse()
        changes.reverse()
    longest = whole(rng, 4, 12)
    open_end = """
{balance} = {start}
{year} = 0
while {missing}:
    {lines}
    {year} += 1
return {year}
"""
    limited = """
{balance} = {start}
for {year} in range({longest}):
    if {reached}:
        return {year}
    {lines}
return {longest}
"""
    source = fill(
        """
def {entry}({start}: int, {goal}: int) -> int:
    '''the number of years until `{start}` {words} `{goal}` if it {changes}{at_most}

    {start}: the value at the beginning, not below zero
    {goal}: where to stop
    '''
    {body}
""",
        start=pick(rng, ("start_value", "first_value", "initial_amount")),
        goal=pick(rng, ("goal", "target", "limit")),
        balance=pick(rng, ("current", "worth", "remaining", "amount")),
        year=pick(rng, ("years", "rounds", "passed")),
        body=limited if counts_down else open_end,
        lines="\n".join(lines),
        **(
            {"reached": either_way(rng, f"{{balance}} {reached} {{goal}}"), "longest": longest}
            if counts_down
            else {"missing": either_way(rng, f"{{balance}} {missing} {{goal}}")}
        ),
        at_most=f", or {longest} if that takes longer" if counts_down else "",
        words=words,
        changes=f"{word} by {' and then by '.join(changes)} each year",
        entry=pick(rng, ("years_to_goal", "years_needed", "count_years", "time_to_goal")),
    )
    program = read(source, title=pick(rng, ("value_forecast", "savings_goal", "growth_model")))

    def draw(rng: Generator) -> tuple[int, int]:
        # What falls stays above zero: one more year takes 60 at most.
        low, high = whole(rng, 60, 800), whole(rng, 60, 3000)
        return (low, high) if grows else (high, low)

    never = (60, 90000) if grows else (90000, 60)
    return Exercise(program, draw, ((100, 100), never) if counts_down else ((100, 100),))


def tiered_price(rng: Generator) -> Exercise:
    """A price by quantity: all units at the price of a tier, or each at that of its own."""
    limit = 5 * whole(rng, 1, 6)
    upper = limit + 5 * whole(rng, 1, 6)
    dear, fair, cheap = whole(rng, 20, 30), whole(rng, 12, 19), whole(rng, 3, 11)
    shares, early, falling = chance(rng), chance(rng), chance(rng)
    if shares:
        costs = [
            f"{{units}} * {dear}",
            f"{limit * dear} + ({{units}} - {limit}) * {fair}",
            f"{limit * dear + (upper - limit) * fair} + ({{units}} - {upper}) * {cheap}",
        ]
    else:
        costs = [f"{{units}} * {price}" for price in (dear, fair, cheap)]
    tests = [f"{{units}} <= {limit}", f"{{units}} <= {upper}"]
    if falling:
        tests, costs = [f"{{units}} > {upper}", f"{{units}} > {limit}"], costs[::-1]
    if early:
        pairs = [f"if {t}:\n    return {c}" for t, c in zip(tests, costs, strict=False)]
        body = "\n".join([*pairs, f"return {costs[2]}"])
    else:
        rest = f"if {tests[0]}:\n    {{cost}} = {costs[0]}\nelif {tests[1]}:\n"
        body = f"{{cost}} = {costs[2]}\n{rest}    {{cost}} = {costs[1]}\nreturn {{cost}}"
    fee = whole(rng, 1, 9) if not early and chance(rng) else 0
    source = fill(
        """
def {entry}({units}: int) -> int:
    '''the price of `{units}` units, where {wording}{extra}

    {units}: how many are bought
    '''
    {body}
""",
        units=pick(rng, ("units", "quantity", "amount", "pieces")),
        **({} if early else {"cost": pick(rng, ("cost", "price", "charge", "total"))}),
        body=body + (f" + {fee}" if fee else ""),
        extra=f", and {fee} for delivery" if fee else "",
        wording=f"the first {limit} cost {dear} each, those up to {upper} cost {fair} "
        f"and further ones {cheap}"
        if shares
        else f"each costs {dear} in an order of up to {limit}, {fair} up to {upper} "
        f"and {cheap} beyond",
        entry=pick(rng, ("order_price", "total_cost", "price_of_units", "amount_due")),
    )
    program = read(source, title=pick(rng, ("price_table", "tiered_price", "bulk_price")))
    corners = ((limit,), (limit + 1,), (upper,), (upper + 1,))
    return Exercise(program, lambda rng: (whole(rng, 0, 2 * upper),), corners)


ALGORITHMS = (
    Algorithm("yearly_balance", "balances", 2, yearly_balance),
    Algorithm("years_to_goal", "balances", 2, years_to_goal),
    Algorithm("tiered_price", "balances", 1, tiered_price),
)
