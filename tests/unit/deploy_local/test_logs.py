import re
from pathlib import Path

from deploy.local.logs import LogFile


def test_a_line_stands_behind_its_time_and_the_name_of_its_process(tmp_path: Path) -> None:
    shown: list[tuple[str, str]] = []
    log = LogFile(tmp_path / "logs" / "portico.log", lambda name, line: shown.append((name, line)))
    log.write("claims", "ready in 1.2 s, 100 % of it")
    log.close()
    line = (tmp_path / "logs" / "portico.log").read_text()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z claims +\| ready in 1\.2 s, 100 % of it\n", line)
    assert shown == [("claims", "ready in 1.2 s, 100 % of it")]
