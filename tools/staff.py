"""Makes the first security officers of the contractor, who add everybody else on the page Staff.

    python -m tools.staff begin --officer "Ana Ruiz,ana.ruiz@mac.example,ana.ruiz" \
        --officer "Sam Cole,sam.cole@mac.example,sam.cole" --reason "new deployment, ticket 4711"

At least two, because one asks and another one approves; and only while nobody can sign in as security officer. Each
gets a link by mail, sets up an authenticator and chooses a password. The worker of auth, which must run, sends it.
Every account is in the audit trail with who called this, and why.
"""

from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from libs.common.persistence.unit_of_work import UnitOfWork
from services.auth.registration.domain import normal_login
from services.auth.staff import handlers
from services.auth.staff.domain import NewMember
from tools.operating import Reason, in_transaction

application = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
console = Console(soft_wrap=True, highlight=False)


@application.callback()
def main() -> None:
    """Commands about the contractor's own staff."""


def member_of(words: str) -> NewMember:
    """A person from `name,mail address,user ID`. Raises `typer.BadParameter`."""
    name, email, login = (*(each.strip() for each in words.split(",")), "", "")[:3]
    if words.count(",") != 2 or not name or "@" not in email or not login:
        raise typer.BadParameter(f"write name, mail address and user ID with commas between them, not: {words}")
    return NewMember(name, email, normal_login(login))


@application.command()
def begin(
    officer: Annotated[list[str], typer.Option(help="Name, mail address and user ID, with commas between them.")],
    reason: Reason,
) -> None:
    """Make the first security officers."""
    persons = [member_of(each) for each in officer]

    async def act(work: UnitOfWork) -> None:
        await handlers.begin(work, persons, reason=reason)

    try:
        in_transaction("auth", act)
    except handlers.NotNowError as fault:
        console.print(f"[red]{escape(str(fault))}[/red] Nothing was changed.")
        raise typer.Exit(1) from None
    for each in persons:
        console.print(f"[green]will be sent a link:[/green] {escape(each.login)}")


if __name__ == "__main__":
    application()
