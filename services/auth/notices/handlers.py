"""Tells a user by mail what happened to their account. The notifier writes the letter; nobody else can read it."""

from uuid import UUID

from libs.common.contracts.auth import AccountNotice, Notice
from libs.common.contracts.sealed import ACCOUNT_LETTER, AccountLetter
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.web.formats import moment
from services.auth.access import repository as access

async def tell(
    work: UnitOfWork, user_id: UUID, notice: Notice, *, device: str = "", link: str = "", code: str = "", left: str = ""
) -> None:
    """Let a letter of the kind `notice` go to a user once this transaction has committed.

    `link` is an address below the portal's own. A program has no mail address and is told nothing.
    """
    name, email = await access.contact(work, user_id)
    if not email:
        return
    runtime = work.runtime
    letter = AccountLetter(
        name=name,
        email=email,
        when=moment(runtime.clock.business(), runtime.deployment.zone),
        device=device,
        link=f"{runtime.settings.public_address}{link}" if link else "",
        code=code,
        left=left,
    )
    sealed = ACCOUNT_LETTER.seal(runtime.keys, letter, user_id)
    work.append(AccountNotice(user_id=user_id, notice=notice, sealed_letter=sealed))
