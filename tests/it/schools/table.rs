//! Who may open what, written by hand: every page and every call of the API about schools, for each kind of person.

/// The kinds of person, in the order of the letters in the table.
pub const PEOPLE: [&str; 9] = [
    "nobody",
    "guest",
    "learner of the group",
    "learner of another group",
    "tutor",
    "tutor of another school",
    "owner",
    "owner of another school",
    "operator",
];

/// Method, path, body, the status of success, and for each person a letter: `o` may, `s` is to sign in, `a` needs an
/// account, `r` is refused, `h` sees nothing there.
///
/// In a path and a body `{school}`, `{group}`, `{assignment}`, `{attempt}`, `{item}`, `{code}` and `{tutor}` stand for what there is.
pub type Row = (&'static str, &'static str, &'static str, u16, &'static str);

/// The pages. A body is a form's fields.
pub const PAGES: [Row; 33] = [
    ("GET", "/schools", "", 200, "soooooooo"),
    (
        "POST",
        "/schools",
        "name=New&zone=Asia/Almaty",
        303,
        "saooooooo",
    ),
    ("GET", "/schools/{school}", "", 200, "shooohoho"),
    (
        "POST",
        "/schools/{school}/rename",
        "name=Other",
        303,
        "shrrrhohr",
    ),
    ("GET", "/schools/{school}/rename", "", 303, "ooooooooo"),
    (
        "POST",
        "/schools/{school}/tutors",
        "email={tutor}",
        303,
        "shrrrhohr",
    ),
    ("GET", "/schools/{school}/tutors", "", 303, "ooooooooo"),
    (
        "POST",
        "/schools/{school}/groups",
        "group=New",
        303,
        "shrrohohr",
    ),
    ("GET", "/schools/{school}/groups", "", 303, "ooooooooo"),
    ("POST", "/schools/{school}/leave", "x=", 303, "shooohxhr"),
    ("GET", "/schools/{school}/leave", "", 303, "ooooooooo"),
    ("GET", "/groups/{group}", "", 200, "shohohohh"),
    ("POST", "/groups/{group}/codes", "days=1", 303, "shrhohohh"),
    ("GET", "/groups/{group}/codes", "", 303, "ooooooooo"),
    (
        "POST",
        "/groups/{group}/revoke",
        "code={code}",
        303,
        "shrhohohh",
    ),
    ("GET", "/groups/{group}/revoke", "", 303, "ooooooooo"),
    ("POST", "/groups/{group}/leave", "x=", 303, "shohrhrhh"),
    ("GET", "/groups/{group}/leave", "", 303, "ooooooooo"),
    ("GET", "/join", "", 200, "ooooooooo"),
    ("POST", "/join", "code={open}", 303, "ooooooooo"),
    ("GET", "/join/{open}", "", 200, "ooooooooo"),
    ("POST", "/join/{open}", "x=", 303, "saooooooo"),
    (
        "GET",
        "/assignments/new?group={group}",
        "",
        200,
        "shrhohohh",
    ),
    (
        "POST",
        "/assignments/new",
        "group={group}&kind=practice&title=T&section=reading&level=A2&due=2026-11-27&attempts=1",
        303,
        "shrhohohh",
    ),
    ("GET", "/assignments/{assignment}", "", 200, "shohohohh"),
    (
        "GET",
        "/assignments/{assignment}/items",
        "",
        200,
        "shrhohohh",
    ),
    (
        "GET",
        "/assignments/{assignment}/items/{item}",
        "",
        200,
        "shrhohohh",
    ),
    (
        "GET",
        "/assignments/{assignment}/skills",
        "",
        200,
        "shrhohohh",
    ),
    (
        "GET",
        "/assignments/{assignment}/attempts/{attempt}",
        "",
        200,
        "shrhohohh",
    ),
    // What a learner did by themselves is nobody's affair.
    (
        "GET",
        "/assignments/{assignment}/attempts/{private}",
        "",
        200,
        "shrhhhhhh",
    ),
    (
        "POST",
        "/assignments/{assignment}/start",
        "x=",
        303,
        "shohrhrhh",
    ),
    (
        "POST",
        "/assignments/{assignment}/release",
        "x=",
        303,
        "shrhohohh",
    ),
    (
        "POST",
        "/assignments/{given-up}/withdraw",
        "x=",
        303,
        "shrhohohh",
    ),
];

/// Addresses of forms that lead to their page when somebody reloads them.
pub const RELOADED: [&str; 3] = [
    "/assignments/{assignment}/start",
    "/assignments/{assignment}/release",
    "/assignments/{assignment}/withdraw",
];

/// The calls below `/api/v1`. A body is JSON.
pub const CALLS: [Row; 25] = [
    ("GET", "/schools", "", 200, "soooooooo"),
    ("POST", "/schools", r#"{"name": "New"}"#, 201, "saooooooo"),
    ("GET", "/schools/{school}", "", 200, "shooohoho"),
    (
        "PUT",
        "/schools/{school}",
        r#"{"name": "Other"}"#,
        204,
        "shrrrhohr",
    ),
    (
        "POST",
        "/schools/{school}/tutors",
        r#"{"email": "{tutor}"}"#,
        204,
        "shrrrhohr",
    ),
    (
        "POST",
        "/schools/{school}/groups",
        r#"{"name": "New"}"#,
        201,
        "shrrohohr",
    ),
    (
        "DELETE",
        "/schools/{school}/membership",
        "",
        204,
        "shooohxhr",
    ),
    ("GET", "/groups/{group}", "", 200, "shohohohh"),
    ("POST", "/groups/{group}/codes", "{}", 201, "shrhohohh"),
    (
        "DELETE",
        "/groups/{group}/codes/{code}",
        "",
        204,
        "shrhohohh",
    ),
    ("DELETE", "/groups/{group}/membership", "", 204, "shohrhrhh"),
    ("GET", "/join/{open}", "", 200, "ooooooooo"),
    ("POST", "/join/{open}", "", 200, "saooooooo"),
    (
        "POST",
        "/groups/{group}/assignments",
        r#"{"title": "T", "work": {"kind": "practice", "section": "reading", "level": "A2"}, "due": "2026-11-27"}"#,
        201,
        "shrhohohh",
    ),
    ("GET", "/assignments", "", 200, "soooooooo"),
    ("GET", "/assignments/{assignment}", "", 200, "shohohohh"),
    (
        "POST",
        "/assignments/{assignment}/attempts",
        "",
        200,
        "shohrhrhh",
    ),
    (
        "GET",
        "/assignments/{assignment}/gradebook",
        "",
        200,
        "shrhohohh",
    ),
    (
        "GET",
        "/assignments/{assignment}/items",
        "",
        200,
        "shrhohohh",
    ),
    (
        "GET",
        "/assignments/{assignment}/items/{item}",
        "",
        200,
        "shrhohohh",
    ),
    (
        "GET",
        "/assignments/{assignment}/skills",
        "",
        200,
        "shrhohohh",
    ),
    (
        "GET",
        "/assignments/{assignment}/attempts/{attempt}/result",
        "",
        200,
        "shrhohohh",
    ),
    // What a learner did by themselves is nobody's affair.
    (
        "GET",
        "/assignments/{assignment}/attempts/{private}/result",
        "",
        200,
        "shrhhhhhh",
    ),
    (
        "POST",
        "/assignments/{assignment}/release",
        "",
        204,
        "shrhohohh",
    ),
    (
        "POST",
        "/assignments/{given-up}/withdraw",
        "",
        204,
        "shrhohohh",
    ),
];
