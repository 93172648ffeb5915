from pathlib import Path

import pytest

from deploy.local.errors import PlatformError
from deploy.local.jars import LIST, Jar, class_path, jars


def test_the_locked_list_names_46_jars_each_with_a_digest() -> None:
    found = jars(LIST.read_text())
    assert len(found) == 46
    assert len({(jar.group, jar.artifact) for jar in found}) == 46
    assert all(len(bytes.fromhex(jar.sha256)) == 32 for jar in found)
    assert Jar("org.apache.kafka", "kafka_2.13", "4.3.1", found[33].sha256) in found


def test_a_jar_lies_where_a_maven_repository_keeps_it() -> None:
    jar = Jar("org.slf4j", "slf4j-api", "1.7.36", "")
    assert jar.path(Path("jars")) == Path("jars/org/slf4j/slf4j-api/1.7.36/slf4j-api-1.7.36.jar")


@pytest.mark.parametrize("line", ["org.slf4j:slf4j-api sha256:00", "org.slf4j:slf4j-api:1:2 sha256:00"])
def test_a_line_of_another_form_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="unpack"):
        jars(line)


def test_without_verified_jars_the_way_to_get_them_is_told(tmp_path: Path) -> None:
    with pytest.raises(PlatformError, match="run 'make setup' first"):
        class_path(tmp_path)


def test_a_stamp_of_another_list_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "verified").write_text("0" * 64)
    with pytest.raises(PlatformError, match="run 'make setup' first"):
        class_path(tmp_path)
