export-title = Download the table:
export-xlsx = Excel (XLSX)
export-csv = CSV
export-csv-semicolon = CSV with semicolons
export-yes = yes
export-no = no
export-in-group = In the group
export-right = right
export-of = questions
export-percent = percent
export-level = level
export-passed = passed
export-minutes = minutes
export-finished = Finished (time zone { $zone })
export-position = No.
export-item = Question code
export-skill = Skill
export-question = Question
export-chosen = Chosen
export-key = Right answer
export-correct = Answered right
export-sheet-results = Results
export-sheet-answers = Answers
export-sheet-skills = Skills
export-most = The file holds at most { $n } assignments: those with the latest last day to start.
export-left-out = { $n ->
    [one] { $n } assignment is not in this table.
   *[other] { $n } assignments are not in this table.
} It holds at most { $most }, those with the latest last day to start, and no exam whose rule set was removed.

audience-title = For whom
audience-all = The whole group
audience-all-hint = Also whoever joins it later.
audience-some = Only some learners
audience-some-hint = The others do not see it.
school-fault-learners-none = Choose at least one learner, or give it to the whole group
school-fault-learners-not-in-group = Somebody you chose is no longer in the group. Choose again

assignment-tab-needs = Who needs what
needs-title = Who needs what
needs-lead = Learners are grouped by the skill they miss. One button gives exactly these learners a practice set.
needs-back = Back to the group
needs-looked-at = By what was given last:
needs-none = Nobody is known to miss a skill yet.
needs-missing = Missing for { $n } of { $of }
needs-practice-for = { $n ->
    [one] For this learner alone, open for 7 days, answers at once.
   *[other] For these { $n } learners, open for 7 days, answers at once.
}
needs-practice-do = Make a practice set
needs-practice-title = Practice: { $skill } ({ $section }, { $level })
needs-no-practice = The bank has no questions that fit. Practise this in class.
needs-fine = Nobody misses
needs-unclear = Too little to tell
needs-unclear-text = They were asked fewer than { $n } questions on the skill.
needs-silent = Nothing finished yet
needs-cut-mock = In a mock exam a skill counts as missing below its pass mark of { $n } % right answers.
needs-cut-practice = In practice sets it counts as missing below { $n } %.
needs-least = Fewer than { $n } questions tell nothing. These limits are our choice; nothing published says when a skill is missing.
group-needs = Who needs what

progress-title = Progress
progress-lead = What this learner did for the school. What they practise by themselves is not shown here.
progress-own = What you did for the school, as your tutors see it. What you practise by yourself is not shown to them.
progress-none = There is nothing yet.
progress-points = Points in the assessment
progress-points-level = The last mock exam that counts, on { $date }, reached { $level }. As a certificate this level would bring
progress-points-most = of at most
progress-points-below = The last mock exam that counts, on { $date }, stayed below the lowest level, so it would bring no points.
progress-points-note = The calculator takes this mock exam into account until { $date }.
progress-skills = Skills over time
progress-skills-note = Right answers of questions asked, in the last finished attempts.
progress-attempts = Attempts
progress-link = My progress here

letter-title = Practice result
letter-link = Letter to print
letter-print = To print it or save it as PDF: press Ctrl + P (⌘ + P on a Mac), or choose “Print” in the browser's menu. The language of the page is the language of the letter.
letter-sat = Finished
letter-required = Level that passes
letter-required-text = { $level }: at least { $n } % right answers in each section
letter-conditions = Conditions
letter-minutes = { $n ->
    [one] { $n } minute
   *[other] { $n } minutes
}
letter-no-limit = no time limit
letter-plays = { $n ->
    [one] each recording once
   *[other] each recording up to { $n } times
}
letter-counts = It counts against the retake limit.
letter-training = It was training and does not count against the retake limit.
letter-result = Result
letter-reached = Pass mark reached
letter-passed = Level { $level } was reached in every section. Overall level: { $reached }.
letter-failed = Level { $level } was not reached: it takes the pass mark in every section. Overall level: { $reached }.
letter-no-certificate = This is a practice result of the school. It is not a certificate of the state's National Testing Center and does not replace one.
letter-teacher = Name of the tutor
letter-signature = Signature
