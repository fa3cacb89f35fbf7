"""A growing log, read line by line."""

from pathlib import Path

from devstack.follow import Follower


def test_only_new_and_complete_lines(tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    log.write_text("of an earlier run\n")
    follower = Follower(log)
    assert follower.new_lines() == []
    with log.open("a") as file:
        file.write("one\ntw")
        file.flush()
        assert follower.new_lines() == ["one"]
        file.write("o\n\n")
    assert follower.new_lines() == ["two", ""]


def test_a_log_that_is_not_there_yet(tmp_path: Path) -> None:
    follower = Follower(tmp_path / "app.log")
    assert follower.new_lines() == []
    (tmp_path / "app.log").write_text("first\n")
    assert follower.new_lines() == ["first"]
