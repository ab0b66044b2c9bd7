"""Small files, good and bad: what is read, and at which line a bad file is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanlin.kernel.ballots import BadElection, Form, read, recount
from sanlin.kernel.reason import Reason

PLAIN = """META
key;value
description;"Small; ""quoted"" example"
num_projects;3
num_votes;4
budget;100.50
vote_type;approval
rule;greedy
max_length;2
PROJECTS
project_id;cost;votes;name;selected;category
a;60;3;Garden;1;green
b/2;50.5;2;Stairs;0;house
c;40;1;Lamp;1;house
VOTES
voter_id;vote;age
1;a,b/2;30
2;b/2, a;41
3;a;
4;c;77
"""


def changed(old, new, text=PLAIN):
    assert old in text
    return text.replace(old, new, 1)


def test_a_plain_file():
    election = read(PLAIN)
    assert election.budget == 100_50
    assert election.meta["description"] == 'Small; "quoted" example'
    assert [(it.key, it.id, it.cost) for it in election.projects] == [
        (0, "a", 60_00),
        (1, "b/2", 50_50),
        (2, "c", 40_00),
    ]
    assert election.projects[1].more == (("category", "house"),)
    assert [it.selected for it in election.projects] == [1, 0, 1]
    assert election.ballots == (((0, 1), (1, 1)), ((0, 1),), ((2, 1),))
    assert (election.counts, election.votes) == ((2, 1, 1), (0, 0, 1, 2))
    assert dict(election.columns) == {
        "voter_id": ("1", "2", "3", "4"),
        "age": ("30", "41", "", "77"),
    }
    assert election.tally() == {0: 3, 1: 2, 2: 1}
    assert election.form == Form("approve", most=2)
    assert election.faults == ()
    assert recount(election).code == "agrees"


@pytest.mark.parametrize(
    "source",
    [
        PLAIN.encode(),
        b"\xef\xbb\xbf" + PLAIN.encode(),
        PLAIN.replace("\n", "\r\n").encode(),
        "\ufeff" + PLAIN,
        PLAIN.splitlines(keepends=True),
        iter(PLAIN.splitlines(keepends=True)),
        PLAIN.replace("PROJECTS\n", "\n projects \n\n").replace("VOTES", "votes"),
    ],
)
def test_marks_line_ends_and_blank_lines_change_nothing(source):
    assert read(source) == read(PLAIN)


@pytest.mark.parametrize(
    "text",
    [
        PLAIN.replace("age", "où"),
        changed("a;41", "a;41\n5;;18"),
        changed("a;41", "a;41\n5; ;18"),
        changed("2;b/2, a;41", "2; b/2 ,  a ;41"),
        PLAIN.replace("b/2", "b/2-of-a-longer-id"),
        PLAIN.replace("b/2", "b/2-of-an-id-longer-than-sixteen-bytes"),
        PLAIN.replace("b/2", "bürger"),
        PLAIN + "\n\n",
        PLAIN.rstrip("\n"),
        PLAIN[: PLAIN.index("1;a,b/2")],
        changed("3;a;", '3;"a";'),
        changed("description;", 'description;"\nVOTES\nvote;x\n";', PLAIN).replace(
            '"Small; ""quoted"" example"', ""
        ),
    ],
)
def test_rows_and_whole_columns_are_read_alike(text):
    """Bytes are read by columns where that is possible, a list of lines always row by row."""
    assert told(text) == told(text.splitlines(keepends=True)) == told(text.encode())


def told(source):
    try:
        found = read(source)
    except BadElection as refused:
        return refused.line, refused.reason
    return found, found.ballots, found.counts, found.votes, dict(found.columns), found.faults


def test_a_quoted_line_break_is_part_of_the_text():
    election = read(changed("Garden", '"Garden\nand pond"'))
    assert election.projects[0].name == "Garden\nand pond"


POINTS = changed("approval", "cumulative").replace("max_length;2", "max_sum_points;10")
POINTS = POINTS.replace("voter_id;vote;age", "voter_id;vote;points")
POINTS = POINTS.replace("b/2;30", "b/2;6,4").replace("a;41", "a;1,9")
POINTS = POINTS.replace("3;a;", "3;a;11").replace("c;77", "c;10")


def test_points_follow_their_projects():
    election = read(POINTS)
    assert election.tally() == {0: 6 + 9 + 11, 1: 4 + 1, 2: 10}
    assert election.supporters() == {0: 3, 1: 2, 2: 1}
    assert election.faults == (Reason.of("over_points", ballots=1),)


def test_a_ranking_gives_its_length_to_the_first():
    election = read(changed("approval", "ordinal"))
    assert election.tally() == {0: 2 + 1 + 2, 1: 1 + 2, 2: 2}
    unlimited = read(changed("max_length;2\n", "", changed("approval", "ordinal")))
    assert unlimited.form == Form("rank", most=3)


def test_a_project_named_twice_counts_once_and_is_reported():
    election = read(changed("3;a;\n", "3;a,a;\n5;a,a;\n").replace("num_votes;4", "num_votes;5"))
    assert election.tally()[0] == 4
    assert election.faults == (
        Reason.of("twice", ballots=2, line=19),
        Reason.of("recorded_otherwise", column="votes", projects=1),
    )


def test_what_does_not_fit_together_is_reported():
    text = changed("num_votes;4", "num_votes;5").replace("4;c;77", "3;a,b/2,c;77")
    assert read(text).faults == (
        Reason.of("num_votes", declared="5", found=4),
        Reason.of("voter_twice", ballots=1),
        Reason.of("too_many", ballots=1),
        Reason.of("recorded_otherwise", column="votes", projects=2),
    )


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("", 1, "no_section"),
        ("Dear friends", 1, "no_section"),
        ("META\nkey;value\nbudget;1\nvote_type;approval\n", 5, "no_section"),
        (PLAIN[: PLAIN.index("VOTES")], 15, "no_section"),
        (changed("budget;100.50\n", ""), 9, "no_key"),
        (changed("budget;100.50", "budget;lots"), 6, "not_amount"),
        (changed("budget;100.50", "budget;100.505"), 6, "not_amount"),
        (changed("budget;100.50", "budget;1e5"), 6, "not_amount"),
        (changed("budget;100.50", "budget;-5"), 6, "not_amount"),
        (changed("budget;100.50", "budget;1;2"), 6, "fields"),
        (changed("rule;greedy", "budget;5"), 8, "key_twice"),
        (changed("vote_type;approval", "vote_type;shouting"), 7, "vote_type"),
        (changed("max_length;2", "max_length;two"), 9, "not_whole"),
        (changed("max_length;2", "max_length;-2"), 9, "below_zero"),
        (changed("project_id;cost", "project_id;price"), 11, "no_column"),
        (changed("name;selected", "name;name"), 11, "column_twice"),
        (changed("b/2;50.5", "b/2;free"), 13, "not_amount"),
        (changed("b/2;50.5;2", "b/2;50.5;many"), 13, "not_whole"),
        (changed("b/2;50.5", "a;50.5"), 13, "project_twice"),
        (changed("b/2;50.5", ";50.5"), 13, "no_id"),
        (changed("Stairs;0;house", "Stairs;0"), 13, "fields"),
        (changed("Stairs", '"Stairs'), 13, "csv"),
        (changed("voter_id;vote;age", "voter_id;choice;age"), 16, "no_column"),
        (changed("2;b/2, a;41", "2;b/2, z;41"), 18, "unknown_project"),
        (changed("2;b/2, a;41", "2;b/2,;41"), 18, "unknown_project"),
        (changed("2;b/2, a;41", "2;b/2, a"), 18, "fields"),
        (changed("approval", "cumulative"), 16, "no_column"),
        (changed("a;11", "a;11,1", POINTS), 19, "points"),
        (changed("a;11", "a;eleven", POINTS), 19, "not_whole"),
        (changed("a;11", "a;-11", POINTS), 19, "below_zero"),
        (changed("a;11", "a;12345678901", POINTS), 19, "not_whole"),
        (PLAIN.encode().replace(b"Stairs", b"Stairs\xff"), 13, "encoding"),
        (PLAIN.replace("Stairs", "Sta\0irs"), 13, "encoding"),
        (PLAIN.encode().replace(b"a;41", b"a;4\xff"), 18, "encoding"),
        (changed("a;41", "a;4\udcff"), 18, "encoding"),
    ],
)
def test_a_bad_file_is_refused_at_its_line(text, line, code):
    with pytest.raises(BadElection) as caught:
        read(text)
    assert (caught.value.line, caught.value.reason.code) == (line, code)
    assert str(caught.value).startswith(f"line {line}: {code}")


def test_a_text_file_in_another_encoding_is_refused(tmp_path):
    path = tmp_path / "old.pb"
    path.write_bytes(PLAIN.replace("Garden", "Gärten").encode("latin-1"))
    with path.open(encoding="utf-8", newline="") as lines, pytest.raises(BadElection) as caught:
        read(lines)
    assert caught.value.reason.code == "encoding"


@pytest.mark.parametrize(
    ("rule", "selected", "code"),
    [
        ("greedy", "101", "agrees"),
        ("greedy", "110", "differs"),
        ("greedy-no-skip", "100", "agrees"),
        ("greedy-no-skip", "103", "agrees"),
        ("greedy-threshold", "101", "no_threshold"),
        ("greedy-custom", "120", "agrees"),
        ("greedy-custom", "103", "differs"),
        ("equalshares", "100", "agrees"),
        ("equalshares/add1", "101", "agrees"),
        ("equalshares/add1", "110", "differs"),
        ("equalshares/add1-comparison", "101", "agrees"),
        ("equalshares/by-hand", "101", "not_recomputed"),
    ],
)
def test_recount_by_the_declared_rule(rule, selected, code):
    text = changed("rule;greedy", f"rule;{rule}")
    for name, mark, old in zip(("Garden", "Stairs", "Lamp"), selected, "101", strict=True):
        text = changed(f"{name};{old}" if name != "Stairs" else "Stairs;0", f"{name};{mark}", text)
    agreement = recount(read(text))
    assert (agreement.rule, agreement.code) == (rule, code)
    assert agreement.agrees == {"agrees": True, "differs": False}.get(code)


def test_without_a_recorded_outcome_there_is_nothing_to_agree_with():
    text = PLAIN
    for name, mark in (("Garden", 1), ("Stairs", 0), ("Lamp", 1)):
        text = changed(f"{name};{mark}", f"{name};", text)
    agreement = recount(read(text))
    assert (agreement.agrees, agreement.code) == (None, "no_outcome")
    assert agreement.outcome.funded == (0, 2)


def test_a_tie_is_taken_as_it_was_taken_and_named():
    """Stairs and Lamp stand level; only one fits; the file says which it was."""
    level = changed("4;c;77", "4;c;77\n5;c;20").replace("num_votes;4", "num_votes;5")
    level = level.replace("budget;100.50", "budget;110.50").replace("Lamp;1;", "Lamp;0;")
    for text, funded in [(level.replace("Stairs;0", "Stairs;1"), (0, 1)), (level, (0, 1))]:
        agreement = recount(read(text))
        assert agreement.outcome.funded == funded
    other = recount(read(level.replace("Lamp;0;", "Lamp;1;")))
    assert (other.outcome.funded, other.code, other.agrees) == ((0, 2), "agrees_by_tie", True)


pieces = st.sampled_from(
    ["\x00", '"', ";", ",", "\n", "\r", "\ufeff", "META\n", "9" * 5000, "-1", "٣", " "]
)


@given(
    st.lists(st.tuples(st.integers(0, len(POINTS)), st.integers(0, 9), pieces), max_size=4),
    st.sampled_from([PLAIN, POINTS, changed("approval", "ordinal")]),
)
def test_a_damaged_file_is_read_or_refused_and_never_breaks(damage, text):
    for place, length, piece in damage:
        text = text[:place] + piece + text[place + length :]
    lines = text.count("\n") + text.count("\r") + 2
    try:
        election = read(text)
    except BadElection as refused:
        seen = refused.line
    else:
        seen = 1
        assert recount(election).rule == election.meta.get("rule", "").strip().lower()
    assert 1 <= seen <= lines


@pytest.mark.parametrize("ids", [3, 300, 3000])
def test_projects_are_found_however_many_there_are(ids):
    """Few are told apart by a short table of their marks, very many by halving."""
    names = [f"BO.{n * n}/{n % 7}" for n in range(ids)]
    rows = [f"{n};{names[n * 7919 % ids]},{names[(n * 104729 + 1) % ids]}" for n in range(2 * ids)]
    text = "META\nkey;value\nbudget;100\nvote_type;approval\nPROJECTS\nproject_id;cost\n"
    text += "".join(f"{name};10\n" for name in names) + "VOTES\nvoter_id;vote\n" + "\n".join(rows)
    quick = read(text)
    assert quick == read(text.splitlines(keepends=True))
    assert quick.profile.voters == 2 * ids
