"""What happened to a user's account: one letter for each kind of notice of auth.

A letter says what happened and when, and what to do if it was not the user. It never asks for a password or a code, and
few lead anywhere: where one asked for it, or says that it was not them.
"""

from dataclasses import dataclass

from services.notifier.delivery.domain import Composer, HelpDesk, Letter, Recipient


@dataclass(frozen=True, slots=True)
class Facts:
    """When it happened, in words; each of the others where its kind needs it.

    `left`: how many recovery codes; `about`: whose account, where it is not the recipient's.
    """

    when: str
    device: str = ""
    link: str = ""
    code: str = ""
    left: str = ""
    about: str = ""
    until: str = ""
    who: str = ""


_TAKE_BACK = (
    "If that was not you, somebody else knows your password. Open this address and press the button: everybody who uses"
    " your account is signed out, what was asked is taken back, and nobody can sign in until you have chosen a new"
    " password:\n{link}"
)
_NOT_YOU = "If that was not you, call the help desk at once: somebody else may be using your account."


def _composer(kind: str, subject: str, *said: str, version: int = 1) -> Composer[Facts]:
    """A letter whose paragraphs are `said`, with the facts in their places."""

    def compose(recipient: Recipient, facts: Facts, help_desk: HelpDesk) -> Letter:
        told = {
            name: getattr(facts, name) for name in ("when", "device", "link", "code", "left", "about", "until", "who")
        }
        blocks = (f"Dear {recipient.name},", *(each.format_map(told) for each in said), help_desk.closing)
        return Letter(subject, "\n\n".join(blocks) + "\n")

    return Composer(kind, version, Facts, compose)


COMPOSERS = (
    _composer(
        "account-closed",
        "Your portal account was closed",
        "Your account was closed on {when} because it may have been misused. Nobody can use it, and programs whose keys"
        " you installed get no access any more.",
        "Call the help desk if you need it again.",
    ),
    _composer(
        "account-closed-of",
        "An account of your organization was closed",
        "The account of {about} was closed on {when} because it may have been misused. Nobody can use it, and programs"
        " whose keys this person installed get no access any more.",
        "Look through the users, the access and the programs that this person set up: sign in to the provider portal"
        " and choose Administration.",
    ),
    _composer(
        "account-disabled",
        "Your portal account is not active any more",
        "Your account was disabled on {when}: far too many attempts to sign in failed one after the other.",
        "Nobody can sign in with it now. Call the help desk to use it again.",
    ),
    _composer(
        "account-disabled-by-staff",
        "Your portal account was disabled",
        "The help desk disabled your account on {when}. Nobody can sign in with it, and you were signed out.",
        "Call the help desk if you need it again.",
    ),
    _composer(
        "account-enabled-by-staff",
        "Your portal account is enabled again",
        "The help desk enabled your account on {when}. You can sign in with your password and a code.",
        _NOT_YOU,
    ),
    _composer(
        "account-enabled-without-role",
        "Your portal account is enabled again, without an organization",
        "The help desk enabled your account on {when}. It had ended because nobody certified it, so it does not belong"
        " to an organization any more.",
        "Sign in with your password and a code, and ask for your organization: the page says what is needed. EDI"
        " enrollment, or an administrator of the organization, decides.",
        _NOT_YOU,
    ),
    _composer(
        "account-locked",
        "Your portal account is locked",
        "Your account was locked on {when} after several attempts to sign in failed. Nobody can sign in with it for the"
        " next hour.",
        "After that, choose a new password: open the sign-in page of the portal and follow “Forgot your password?”. The"
        " help desk can unlock the account earlier.",
        "If those attempts were not yours, somebody else tried. They did not get in.",
    ),
    _composer(
        "account-unlocked",
        "Your portal account is unlocked",
        "The help desk unlocked your account on {when}. You can sign in with your password and a code.",
        _NOT_YOU,
    ),
    _composer(
        "another-user-id",
        "Another user ID at the provider portal",
        "On {when} you asked for another user ID, for another organization you work for. To choose it, open this"
        " address within 30 minutes:\n{link}",
        "If that was not you, do not open it, and call the help desk at once: somebody else may be using your account.",
    ),
    _composer(
        "email-changed",
        "Your portal account has another email address",
        "On {when} the email address of your account was changed. What we have to tell you goes to the new address from"
        " now on; this is the last letter to this one.",
        "If that was not you, open this link and press the button. This address counts again, everybody who uses your"
        " account is signed out, and nobody can sign in until you have chosen a new password:\n{link}",
    ),
    _composer(
        "email-code",
        "Your code for a new email address",
        "Your code is {code}. Enter it on the page of your account before {until}, and this address takes the place of"
        " the one before.",
        "Tell it to nobody. If you do not know of an account at the provider portal, do nothing: without the code"
        " nothing happens.",
    ),
    _composer(
        "factor-added",
        "A way to confirm your sign-in was added",
        "On {when} this was added to your account: {device}. Codes of it confirm from now on that it is you.",
        _NOT_YOU,
    ),
    _composer(
        "factor-removed",
        "A way to confirm your sign-in was removed",
        "On {when} this was removed from your account: {device}. Its codes are not accepted any more.",
        _NOT_YOU,
    ),
    _composer(
        "factors-lost-asked",
        "Somebody asked to replace the ways to confirm your sign-in",
        "On {when} somebody who knows your password said that you have no device, phone or recovery code any more by"
        " which you confirm your sign-in. Before anything changes, a person is to make sure that it is you; call them.",
        "If you find one of them, sign in with it: then everything stays as it was.",
        _TAKE_BACK,
    ),
    _composer(
        "factors-lost-canceled",
        "The ways to confirm your sign-in stay as they are",
        "On {when} the request to replace the ways by which you confirm your sign-in was taken back: one of them was"
        " used, or you told us that it was not you. Nothing was changed.",
        _NOT_YOU,
    ),
    _composer(
        "factors-lost-confirmed",
        "The ways to confirm your sign-in will end",
        "On {when} a person confirmed that it is you who lost every device, phone and recovery code. All of them end on"
        " {until}. Sign in with your password after that, and set up a new authenticator app.",
        "If you find one of them before, sign in with it: then everything stays as it was.",
        _TAKE_BACK,
    ),
    _composer(
        "factors-lost-ended",
        "Set up a new way to confirm your sign-in",
        "On {when} every device, phone, passkey and recovery code by which you confirmed your sign-in ended, and you"
        " were signed out everywhere. Sign in with your password, and set up a new authenticator app.",
        _TAKE_BACK,
    ),
    _composer(
        "factors-lost-refused",
        "The ways to confirm your sign-in stay as they are",
        "On {when} your request to replace the ways by which you confirm your sign-in was refused: it could not be made"
        " sure that it is you. Nothing was changed. You can ask again when you sign in.",
        _NOT_YOU,
    ),
    _composer(
        "factors-lost-waiting",
        "A user can no longer confirm their sign-in",
        "On {when} {who} asked to replace the ways by which they confirm their sign-in. See them, or call them at a"
        " number that you know, and then decide at:\n{link}",
        "Do not confirm because of a message or a call that came to you.",
    ),
    _composer(
        "new-device",
        "Your account was used on a new device",
        "On {when} somebody signed in with your user ID, password and code from a browser that was not used with your"
        " account before: {device}.",
        "If that was you, there is nothing to do.",
        "If that was not you, open this address and press the button. It signs out everybody who uses your account, and"
        " nobody can sign in until you have chosen a new password:\n{link}",
    ),
    _composer(
        "password-changed",
        "Your portal password was changed",
        "Your password was changed on {when}. All other sessions of your account were ended.",
        _NOT_YOU,
    ),
    _composer(
        "password-reset-link",
        "Choose a new portal password",
        "Somebody asked on {when} for a new password for your account. To choose one, open this address within"
        " 30 minutes. You also need a code, as when you sign in:\n{link}",
        "If you did not ask, do nothing: your password stays as it is.",
    ),
    _composer(
        "recovery-code-used",
        "A recovery code was used",
        "On {when} one of your recovery codes was used to confirm a sign-in or a new password. It cannot be used again;"
        " {left} are left.",
        _NOT_YOU,
    ),
    _composer(
        "recovery-codes-made",
        "You have new recovery codes",
        "On {when} new recovery codes were made for your account. Those you had before are not accepted any more.",
        _NOT_YOU,
    ),
    _composer(
        "sign-in-code",
        "Your sign-in code",
        "Your code is {code}. It works once, for 10 minutes, in the window in which you asked for it.",
        "Tell it to nobody, not even to the help desk. If you are not signing in now, change your password: somebody"
        " else knows it.",
    ),
    _composer(
        "sign-in-not-mine",
        "Your account waits for a new password",
        "You told us on {when} that a sign-in was not yours. Everybody who used your account was signed out.",
        "Nobody can sign in with your password any more. Choose a new one: open the sign-in page of the portal and"
        " follow “Forgot your password?”.",
    ),
    _composer(
        "signed-out-by-staff",
        "You were signed out of the portal",
        "The help desk signed your account out everywhere on {when}. You can sign in again with your password and a"
        " code.",
        "If you do not know why, call the help desk.",
    ),
    _composer(
        "user-ids",
        "Your user IDs at the provider portal",
        "Somebody asked on {when} which user IDs belong to this email address. They are: {who}.",
        "If you did not ask, do nothing: nobody else was told.",
    ),
)
"""By kind, in the order of the alphabet."""
