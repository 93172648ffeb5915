"""PECOS and EDI enrollment: writes the demo's enrollments, agreements and accounts as signed files, and ends.

`python -m simulators.enrollment_feeds` is safe to repeat: the same seed gives the same bytes, which auth takes once.
With `--ptan MR10001 --status revoked` (or `stayed`, `deactivated`, `approved`), `--ptan MR10001 --new-owner`, or
`--ptan MR10001 --unsigned`, it writes the next delta instead, as the partner would on the day something changed.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import replace

from libs.common.clock import SystemClock
from libs.common.deployment import load_deployment
from libs.common.settings import Settings
from simulators.enrollment_feeds.files import (
    account_file,
    deliver,
    edi_file,
    file_name,
    install_partner_key,
    next_sequence,
    pecos_file,
)
from simulators.population import Organization, Population


def _first(settings: Settings, population: Population, lines: Sequence[str]) -> None:
    organizations, state = population.organizations_under(lines), settings.state_directory
    for name, source, content in (
        (file_name("pecos", 1, "full"), "pecos", pecos_file(organizations)),
        (file_name("edi", 1, "full"), "edi", edi_file(organizations)),
        ("accounts.json", "accounts", account_file(population, lines)),
    ):
        deliver(state, name, content, install_partner_key(state, source))


def _change(settings: Settings, organizations: Sequence[Organization], asked: Namespace) -> None:
    state = settings.state_directory
    only = [
        replace(each, enrollments=tuple(one for one in each.enrollments if one.ptan == asked.ptan))
        for each in organizations
        if any(one.ptan == asked.ptan for one in each.enrollments)
    ]
    source = "edi" if asked.unsigned else "pecos"
    sequence = next_sequence(state, source)
    if asked.unsigned:
        content = edi_file(only, sequence=sequence, extent="delta", unsigned=[asked.ptan])
    else:
        today = SystemClock().now().date().isoformat()
        fields = {"status": asked.status, "day": today}
        if asked.new_owner:
            fields["ownership_changed"] = today
        content = pecos_file(only, sequence=sequence, extent="delta", changes={asked.ptan: fields})
    deliver(state, file_name(source, sequence, "delta"), content, install_partner_key(state, source))


def _asked() -> Namespace:
    parser = ArgumentParser(prog="python -m simulators.enrollment_feeds")
    parser.add_argument("--ptan", default="")
    parser.add_argument("--status", choices=("approved", "stayed", "deactivated", "revoked"), default="approved")
    parser.add_argument("--new-owner", action="store_true")
    parser.add_argument("--unsigned", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    _settings, _population = Settings(), Population()
    _lines = load_deployment(_settings.contract_file).lines_of_business
    if (_wanted := _asked()).ptan:
        _change(_settings, _population.organizations_under(_lines), _wanted)
    else:
        _first(_settings, _population, _lines)
