"""What schemathesis cannot know of this server: who asks, and which ids there are.

Before the calls it makes a school with its people over the API, and of everything two: one that stays, and a spare one
for the calls that take something away. Then most requests get ids that exist and somebody's token; the rest go out as
they were generated. Everything follows from a counter, so that the same seed gives the same requests.
"""

import atexit
import datetime
import itertools
import os
import pathlib

import requests
import schemathesis

API = os.environ["SYNAQ_URL"] + "/api/v1"
PASSWORD = os.environ["SYNAQ_PASSWORD"]
CONTENT = pathlib.Path(os.environ["SYNAQ_CONTENT"])
TODAY = datetime.date.today()
DUE = str(TODAY + datetime.timedelta(days=7))


def call(token, method, path, body=None, **more):
    """One call of the set-up, which must be granted."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = requests.request(
        method, API + path, json=body, headers=headers, timeout=30, **more
    )
    if not answer.ok:
        raise SystemExit(f"set-up: {method} {path}: {answer.status_code} {answer.text}")
    return answer.json() if answer.content else None


def guest():
    return call(None, "POST", "/guests")["token"]


def account(name):
    body = {"email": f"{name}@example.org", "password": PASSWORD, "name": name}
    made = call(None, "POST", "/accounts", body)
    return made["token"], made["learner"]["id"]


def practice(**more):
    return {"kind": "practice", "section": "reading", "level": "A1", "items": 4, **more}


def answered(token, attempt, section, items=3):
    """Answers the first items of a section that runs; the ids of all."""
    shape = call(token, "GET", f"/attempts/{attempt}")
    running = next(one for one in shape["sections"] if one["name"] == section)
    ids = [item["id"] for testlet in running["testlets"] for item in testlet["items"]]
    for item in ids[:items]:
        call(token, "PUT", f"/attempts/{attempt}/responses/{item}", {"option": "A"})
    return ids, [testlet["id"] for testlet in running["testlets"]]


def finished_mock(token):
    """A whole mock with no answer right or wrong by plan."""
    mock = call(token, "POST", "/attempts", {"kind": "mock"})["id"]
    for section in ("listening", "reading"):
        for verb in ("start", "finish"):
            call(token, "POST", f"/attempts/{mock}/sections/{section}/{verb}")
    return mock


def school(name, tokens, people, rules):
    """A school with a group, invitations, work in every state, a correction and a recording: the ids of all."""
    owner, learner, other = (tokens[who] for who in ("owner", "learner", "other"))
    made = call(owner, "POST", "/schools", {"name": name})["id"]
    group = call(owner, "POST", f"/schools/{made}/groups", {"name": name})["id"]
    code = call(owner, "POST", f"/groups/{group}/codes", {})["code"]
    # Of one mock a learner sits one after the other: somebody else in each school.
    sitting = other if name == "kept" else tokens["third"]
    for token in (learner, other, tokens["third"]):
        call(token, "POST", f"/join/{code}")
    rows = [{"email": f"{who}@example.org"} for who in ("invited", f"{name}-1", f"{name}-2")]
    call(owner, "POST", f"/groups/{group}/roster", {"rows": rows, "confirm": True})
    call(owner, "POST", f"/schools/{made}/tutors", {"email": "invited@example.org"})
    invited = call(owner, "GET", f"/groups/{group}")["invited"]
    teaching = call(owner, "POST", f"/schools/{made}/tutors", {"email": "teacher@example.org"})
    accepted = {"code": teaching["code"]}
    call(tokens["teacher"], "POST", f"/invitations/{teaching['id']}/accept", accepted)

    path = f"/groups/{group}/assignments"
    body = {"title": name, "work": practice(), "due": DUE, "attempts": 10}
    given = call(owner, "POST", path, body)["id"]
    done = call(learner, "POST", f"/assignments/{given}/attempts")["attempt"]
    items, _ = answered(learner, done, "reading")
    call(learner, "POST", f"/attempts/{done}/sections/reading/finish")
    going = call(other, "POST", f"/assignments/{given}/attempts")["attempt"]
    mock = {"kind": "mock", "rule": rules[0]}
    training = call(owner, "POST", path, {**body, "work": mock, "counts": False})["id"]
    sat = call(sitting, "POST", f"/assignments/{training}/attempts")["attempt"]
    call(sitting, "POST", f"/attempts/{sat}/sections/listening/start")

    correction = {"item": items[0], "kind": "leave-out", "reason": name, "apply": True}
    corrected = call(owner, "POST", f"/assignments/{given}/corrections", correction)
    text = call(owner, "GET", f"/schools/{made}/recordings")[0]["testlet"]
    sound = next(CONTENT.rglob(f"{text}.mp3")).read_bytes()
    upload = f"/schools/{made}/recordings/{text}"
    in_use = call(owner, "POST", upload, data=sound)["id"]
    call(owner, "PUT", f"{upload}/{in_use}", {"consent": True})
    draft = call(owner, "POST", upload, data=sound)["id"]
    return {
        "school": [made],
        "group": [group],
        "code": [code],
        "learner": [people["learner"], people["other"]],
        "leaver": [people["third"]],
        "member": [people["teacher"]],
        "assignment": [given, training],
        "done": [done],
        "going": [sat, going],
        "item": items,
        "invitation": [one["id"] for one in invited],
        "correction": [corrected["correction"]["id"]],
        "text": [text],
        "recording": [in_use, draft],
    }


def make():
    """Somebody of each kind, two schools, and what each has for themselves."""
    people, tokens = {}, {"guest": guest(), "nobody": None}
    for who in ("owner", "teacher", "learner", "other", "third", "invited"):
        tokens[who], people[who] = account(who)
    body = {"email": "operator@example.org", "password": PASSWORD}
    tokens["operator"] = call(None, "POST", "/sessions", body)["token"]
    rules = [rule["id"] for rule in call(None, "GET", "/rules")]
    schools = [school(name, tokens, people, rules) for name in ("kept", "spare")]
    correction = {"item": schools[0]["item"][0], "kind": "leave-out", "reason": "why", "apply": True}
    made = call(tokens["operator"], "POST", "/corrections", correction)
    everywhere = [made["correction"]["id"]]
    own = {}
    for who in ("guest", "learner"):
        token = tokens[who]
        practised = call(token, "POST", "/attempts", practice())["id"]
        items, testlets = answered(token, practised, "reading")
        finished = finished_mock(token)
        mock = call(token, "POST", "/attempts", {"kind": "mock"})["id"]
        call(token, "POST", f"/attempts/{mock}/sections/listening/start")
        heard, recordings = answered(token, mock, "listening")
        body = {"name": "one", "profile": {"criteria": {}}}
        profiles = [call(token, "POST", "/profiles", body)["id"] for _ in range(3)]
        own[who] = {
            "running": [(mock, heard, recordings), (practised, items, testlets)],
            "attempt": [finished, mock, practised],
            "finished": [finished],
            "profile": profiles,
        }
    return tokens, schools, own, {"rule": rules, "everywhere": everywhere}


TOKENS, SCHOOLS, OWN, SERVER = make()
# A mock of somebody who has not begun one.
WAITING = call(TOKENS["invited"], "POST", "/attempts", {"kind": "mock"})["id"]

# Whose turn it is: by the call, else by the first part of the path, else anybody.
ASKERS = {
    "attempts": ["guest", "learner", "guest", "learner", "nobody"],
    "profiles": ["guest", "learner", "guest", "learner", "nobody"],
    "operator": ["operator", "operator", "operator", "owner"],
    "corrections": ["operator", "operator", "operator", "owner"],
    "join": ["invited", "learner", "guest", "owner", "nobody"],
    "bank": ["owner", "operator", "learner"],
    "invitations": ["invited", "owner", "invited", "nobody"],
    "DELETE /invitations/{id}": ["owner", "invited"],
    "DELETE /groups/{id}/membership": ["learner", "owner", "nobody"],
    "DELETE /schools/{id}/membership": ["teacher", "owner", "third"],
    "POST /attempts/{id}/sections/{section}/start": ["invited", "learner", "guest"],
    "POST /assignments/{id}/attempts": ["other", "learner", "owner"],
}
SOMEBODY = ["owner", "owner", "owner", "learner", "other", "operator", "guest", "nobody"]

# Which kind of id a parameter is, by the first part of the path and the parameter's name.
KINDS = {
    ("schools", "id"): "school",
    ("groups", "id"): "group",
    ("assignments", "id"): "assignment",
    ("assignments", "attempt"): "done",
    ("invitations", "id"): "invitation",
    ("operator", "id"): "recording",
    ("schools", "testlet"): "text",
    ("rules", "id"): "rule",
    ("corrections", "correction"): "everywhere",
    ("corrections", "id"): "everywhere",
}

# Calls after which less is there than before: they get what is in the spare school alone.
TAKES_AWAY = ("/withdraw", "/void", "/decline")
# Calls that end a session: each by a guest who came for it.
ENDS_SESSION = {"DELETE /sessions", "DELETE /accounts/me"}
# What only the set-up brings to a success: bytes that no document can describe.
NEVER = {"POST /schools/{id}/recordings/{testlet}"}


def known_ids(route, method, who, turn):
    """Ids that fit together for the parameters of a path."""
    first = route.split("/")[1]
    if first in ("attempts", "profiles"):
        mine = OWN.get(who, OWN["guest"])
        if first == "profiles":
            last = mine["profile"][-1:] if method == "DELETE" else mine["profile"][:-1]
            return {"id": last[turn % len(last)]}
        attempt, items, testlets = mine["running"][turn % 2]
        if route.endswith(("/result", "/language-score")):
            attempt = mine["finished"][0]
        elif who == "invited":
            attempt = WAITING
        section = ("listening", "reading")[turn % 4 // 2]
        return {"id": attempt, "item": items[turn % len(items)], "testlet": testlets[turn % len(testlets)], "section": section}
    gone = method == "DELETE" or route.endswith(TAKES_AWAY)
    place = SCHOOLS[1 if gone or turn % 4 == 3 and not route.endswith("/accept") else 0]
    ids = {name: known[turn % len(known)] for name, known in {**place, **SERVER}.items()}
    # What belongs to the finished practice set, and not to the mock.
    if "{attempt}" in route or "{item}" in route or "{correction}" in route:
        ids["assignment"] = place["assignment"][0]
    if route.startswith("/schools/{id}/members/"):
        ids["learner"] = ids["member"]
    if route.endswith(("/accept", "/decline")):
        ids["invitation"] = place["invitation"][0]
    if method == "DELETE" and route.startswith("/groups/{id}/learners/"):
        ids["learner"] = place["leaver"][0]
    if route.endswith("/void"):
        ids["assignment"], ids["done"] = place["assignment"][1], place["going"][0]
    if "adoption" in route:
        ids["recording"] = place["recording"][0]
    return {name: ids[kind] for (part, name), kind in KINDS.items() if part == first} | {
        name: value for name, value in ids.items() if (first, name) not in KINDS
    }


# Bodies that are accepted, so that calls get past their first check. Every second request has one of them, and every
# fourth has one whose members are those that were generated, where both have them.
SET = practice()
BODIES = {
    ("POST", "/sessions"): {"email": "owner@example.org", "password": PASSWORD},
    ("POST", "/accounts"): {"email": "new@example.org", "password": PASSWORD, "name": "n"},
    ("DELETE", "/accounts/me"): {"sure": True},
    ("POST", "/attempts"): SET,
    ("PUT", "/attempts/{id}/responses/{item}"): {"option": "B"},
    ("PUT", "/attempts/{id}/flags/{item}"): {"flagged": True},
    ("POST", "/potential"): {
        "criteria": {},
        "languages": {"kazakh": {"level": "B1"}, "russian": {"points": "50"}},
    },
    ("POST", "/profiles"): {"name": "two", "profile": {"criteria": {}}},
    ("PUT", "/profiles/{id}"): {"name": "two", "profile": {"criteria": {}}},
    ("POST", "/pathway/plan"): {"test": DUE, "submission": DUE},
    ("POST", "/schools"): {"name": "another", "zone": "Asia/Almaty"},
    ("PUT", "/schools/{id}"): {"name": "renamed"},
    ("POST", "/schools/{id}/tutors"): {"email": "tutor@example.org"},
    ("POST", "/schools/{id}/groups"): {"name": "another"},
    ("PUT", "/schools/{id}/members/{learner}"): {"role": "tutor"},
    ("PUT", "/schools/{id}/learners/{learner}/accommodation"): {
        "conditions": {"extra_percent": 25},
        "reason": "why",
    },
    # To learn takes no code; one that is sent all the same does no harm.
    ("POST", "/invitations/{id}/accept"): {"code": "ABCD-EFGH-JKMN"},
    ("POST", "/groups/{id}/codes"): {"days": 3},
    ("PUT", "/groups/{id}"): {"name": "renamed"},
    ("POST", "/groups/{id}/roster"): {
        "rows": [{"name": "A", "email": "a@example.org"}],
        "confirm": True,
    },
    ("POST", "/groups/{id}/assignments"): {"title": "t", "work": SET, "due": DUE},
    ("POST", "/groups/{id}/assignments/preview"): {"work": SET},
    ("PATCH", "/assignments/{id}"): {"title": "t", "due": DUE, "attempts": 10},
    ("PUT", "/assignments/{id}/exceptions/{learner}"): {"extra_attempts": 2},
    ("POST", "/assignments/{id}/time"): {"minutes": 5, "reason": "why"},
    ("POST", "/assignments/{id}/attempts/{attempt}/void"): {"reason": "why"},
    ("POST", "/assignments/{id}/corrections"): {
        "item": SCHOOLS[0]["item"][1],
        "kind": "credit-all",
        "reason": "why",
    },
    ("POST", "/corrections"): {
        "item": SCHOOLS[0]["item"][1],
        "kind": "credit-all",
        "reason": "why",
    },
    ("PUT", "/assignments/{id}/attempts/{attempt}/comments"): {"text": "good"},
    ("PUT", "/assignments/{id}/attempts/{attempt}/comments/{item}"): {"text": "good"},
    ("PUT", "/schools/{id}/recordings/{testlet}/{recording}"): {
        "consent": True,
        "credit": "who",
    },
}

counters = {}


def mixed(good, generated):
    """The accepted body, with what was generated of the members that both have."""
    if not isinstance(generated, dict):
        return good
    return {
        name: generated.get(name, value) if n % 2 else value
        for n, (name, value) in enumerate(good.items())
    }


@schemathesis.hook
def before_call(context, case, kwargs):
    path = case.operation.path
    if not path.startswith("/api/v1/"):
        return
    route = path.removeprefix("/api/v1")
    method = case.operation.method.upper()
    name = f"{method} {route}"
    if case.method.upper() != method:
        return  # a method that the path does not have
    turn = next(counters.setdefault(name, itertools.count()))
    if name in ENDS_SESSION:
        who, token = "guest", guest()
    else:
        askers = ASKERS.get(name) or ASKERS.get(route.split("/")[1], SOMEBODY)
        who = askers[turn % len(askers)]
        token = TOKENS[who]
    case.headers.pop("Authorization", None)
    if token is not None:
        case.headers["Authorization"] = f"Bearer {token}"
    if turn % 5 != 4 and case.path_parameters:
        ids = known_ids(route, method, who, turn)
        for parameter in case.path_parameters:
            case.path_parameters[parameter] = ids.get(parameter, case.path_parameters[parameter])
    good = BODIES.get((method, route))
    if good is not None and turn % 2 == 0:
        case.media_type = "application/json"
        case.body = good if turn % 4 == 0 else mixed(good, case.body)


called, succeeded = set(), set()


@schemathesis.hook
def after_call(context, case, response):
    name = f"{case.operation.method.upper()} {case.operation.path.removeprefix('/api/v1')}"
    called.add(name)
    if response.status_code < 300:
        succeeded.add(name)


@atexit.register
def tell_what_was_reached():
    never = sorted(called - succeeded - NEVER)
    print(f"{len(succeeded)} of {len(called)} operations succeeded at least once")
    pathlib.Path(os.environ["SYNAQ_NEVER"]).write_text("".join(f"{name}\n" for name in never))
