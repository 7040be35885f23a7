"""Settings from the environment: what is taken, what stops the start."""

import pytest

from clinic import env


def read(parse, value, default=None):
    return env.Environment({"NAME": value}).read("NAME", parse, default=default)


def least_1_most_10(text: str) -> int:
    return env.integer(text, least=1, most=10)


GOOD_SECRET = "0123456789-abcdefghij-0123456789-abcdefghij-0123456789"

TAKEN = {
    "yes": (env.boolean, "1", True),
    "yes in words": (env.boolean, "True", True),
    "no": (env.boolean, "off", False),
    "the least number": (least_1_most_10, "1", 1),
    "the greatest number": (least_1_most_10, "10", 10),
    "one host": (env.hosts, "clinic.example", ["clinic.example"]),
    "two hosts": (env.hosts, "a.example, B.example", ["a.example", "b.example"]),
    "values": (env.words, "a, b", ["a", "b"]),
    "a long secret": (env.secret, GOOD_SECRET, GOOD_SECRET),
    "IPv6": (env.address, "::1", "::1"),
    "a word of a few": (env.one_of("web", "owner"), "owner", "owner"),
    "an e-mail address": (
        env.mail_address,
        "desk@clinic.example",
        "desk@clinic.example",
    ),
}


@pytest.mark.parametrize(("parse", "text", "value"), TAKEN.values(), ids=TAKEN)
def test_a_right_value_is_taken(parse, text, value):
    assert read(parse, text) == value


REFUSED = {
    "neither yes nor no": (env.boolean, "maybe"),
    "below the least": (least_1_most_10, "0"),
    "above the greatest": (least_1_most_10, "11"),
    "no number": (least_1_most_10, "ten"),
    "a fraction": (least_1_most_10, "2.5"),
    "other digits": (least_1_most_10, "٣"),
    "all hosts": (env.hosts, "*"),
    "a host with its scheme": (env.hosts, "https://clinic.example"),
    "a host with a space": (env.hosts, "clinic example"),
    "an empty host": (env.hosts, "a.example,,b.example"),
    "an empty value": (env.words, "a,,b"),
    "a path from here": (env.path, "var"),
    "a short secret": (env.secret, GOOD_SECRET[:49]),
    "a secret of one letter": (env.secret, "a" * 60),
    "a name for an address": (env.address, "localhost"),
    "a word not of the few": (env.one_of("web", "owner"), "admin"),
    "a name for an e-mail": (env.mail_address, "desk"),
    "another database": (env.database, "mysql://u:p@h/db"),
    "no database name": (env.database, "postgresql://u:p@h/"),
    "a port that is none": (env.database, "postgresql://u:p@h:port/db"),
    "an option nobody knows": (env.database, "postgresql://u:p@h/db?ssl=1"),
    "another mail": (env.mail_server, "http://mail.example"),
}


@pytest.mark.parametrize(("parse", "text"), REFUSED.values(), ids=REFUSED)
def test_a_wrong_value_stops_the_start_with_its_name(parse, text, capsys):
    with pytest.raises(SystemExit) as stopped:
        read(parse, text)
    said = capsys.readouterr().err
    assert stopped.value.code == 2
    assert said.startswith("NAME ")
    assert said.endswith(".\n")
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (env.secret, "hunter2"),
        (env.database, "postgresql://u:hunter2@h:port/db"),
        (env.database, "mysql://u:hunter2@h/db"),
        (env.mail_server, "http://u:hunter2@mail.example"),
    ],
)
def test_a_secret_is_not_repeated_in_the_message(parse, text, capsys):
    with pytest.raises(SystemExit):
        read(parse, text)
    assert "hunter2" not in capsys.readouterr().err


@pytest.mark.parametrize("value", ["", "  "])
def test_an_empty_value_is_no_value(value):
    assert read(env.boolean, value, default=True) is True


def test_a_value_may_stand_in_a_file(tmp_path):
    file = tmp_path / "secret"
    file.write_text(f"{GOOD_SECRET}\n")
    environment = env.Environment({"NAME_FILE": str(file)})
    assert environment.read("NAME", env.secret, default="") == GOOD_SECRET


def test_a_value_and_a_file_are_one_too_many(tmp_path, capsys):
    file = tmp_path / "secret"
    file.write_text(GOOD_SECRET)
    with pytest.raises(SystemExit):
        env.Environment({"NAME": "x", "NAME_FILE": str(file)}).text("NAME")
    assert capsys.readouterr().err == "Set NAME or NAME_FILE, not both.\n"


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe"])
def test_a_file_that_cannot_be_read_stops_the_start(tmp_path, capsys, content):
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SystemExit):
        env.Environment({"NAME_FILE": str(file)}).text("NAME")
    assert capsys.readouterr().err.startswith("NAME_FILE ")


def test_a_database_url_is_taken_apart():
    found = env.database("postgresql://cl%40inic:p%2Fw@db.example:5433/needle")
    assert found == {
        "NAME": "needle",
        "USER": "cl@inic",
        "PASSWORD": "p/w",
        "HOST": "db.example",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require"},
    }


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("postgresql://u@127.0.0.1/db", {}),
        ("postgresql://u@localhost/db", {}),
        ("postgresql:///db?host=/run/postgresql", {}),
        ("postgresql://u@10.0.0.8/db", {"sslmode": "require"}),
        ("postgresql://u@db/db?sslmode=disable", {"sslmode": "disable"}),
        ("postgresql://u@db/db?sslmode=verify-full", {"sslmode": "verify-full"}),
    ],
)
def test_a_database_on_another_machine_is_reached_over_tls(url, options):
    assert env.database(url)["OPTIONS"] == options


@pytest.mark.parametrize(
    ("url", "port", "ssl", "tls"),
    [
        ("smtps://u:p@mail.example", 465, True, False),
        ("smtp://u:p@mail.example", 587, False, True),
        ("smtp://127.0.0.1:25", 25, False, False),
    ],
)
def test_mail_to_another_machine_is_encrypted(url, port, ssl, tls):
    found = env.mail_server(url)
    assert (found["PORT"], found["USE_SSL"], found["USE_TLS"]) == (port, ssl, tls)


def test_the_kept_secret_is_made_once_and_for_us_alone(tmp_path):
    file = tmp_path / "var" / "secret_key"
    first = env.kept_secret(file)
    assert env.kept_secret(file) == first
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_spoiled_kept_secret_stops_the_start(tmp_path, capsys):
    file = tmp_path / "secret_key"
    file.write_text("short")
    with pytest.raises(SystemExit):
        env.kept_secret(file)
    assert "remove the file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("names", "database", "bind"),
    [
        (["NEEDLEPOINT_HOSTS"], None, "127.0.0.1"),
        ([], "clinic", "127.0.0.1"),
        ([], None, "::"),
        ([], None, "10.0.0.8"),
    ],
)
def test_the_demo_does_not_start_beside_a_clinic(names, database, bind, capsys):
    with pytest.raises(SystemExit):
        env.refuse_in_demo(names=names, database=database, bind=bind)
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("bind", ["127.0.0.1", "::1", "127.0.0.2"])
def test_the_demo_starts_alone(bind):
    env.refuse_in_demo(names=[], database="clinic_demo", bind=bind)
