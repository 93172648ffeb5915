"""PECOS and EDI enrollment: writes the demo's organizations, enrollments and accounts as signed files, and ends.

`python -m simulators.enrollment_feeds` is safe to repeat: the same seed gives the same bytes, which auth takes once.
"""

from libs.common.deployment import load_deployment
from libs.common.settings import Settings
from simulators.enrollment_feeds.files import account_file, deliver, enrollment_file, install_partner_key
from simulators.population import Population

if __name__ == "__main__":
    _settings, _population = Settings(), Population()
    _lines = load_deployment(_settings.contract_file).lines_of_business
    _enrollments = enrollment_file(_population.organizations_under(_lines))
    _key = install_partner_key(_settings.state_directory)
    deliver(_settings.state_directory, "enrollments.json", _enrollments, _key)
    deliver(_settings.state_directory, "accounts.json", account_file(_population, _lines), _key)
