result-kind-mock = Mock exam
result-kind-practice = Practice
result-sections = The two sections
result-passed = Passed: level { $level }
result-passed-text = Level { $level } was required, and both sections reach it. The level of the exam is that of the weaker section.
result-failed = Not passed: level { $level }
result-failed-below = Not passed: below { $level }
result-failed-text = Level { $level } was required in each section.
result-missing-listening = { $n ->
    [one] In listening one right answer was missing.
   *[other] In listening { $n } right answers were missing.
}
result-missing-reading = { $n ->
    [one] In reading one right answer was missing.
   *[other] In reading { $n } right answers were missing.
}
result-practice = { $n } of { $of } right
result-practice-text = A practice set does not count. It is there to learn from: each question is explained below.
result-section-passed = { $level } reached
result-section-failed = { $level } not reached
result-of = { $n } of { $of }
result-level = level { $level }
result-below = below { $level }
result-bar = { $n } % right, needed { $needed } %
result-needed = needed { $n } %
result-needed-of = Needed: { $n } of { $of }.
result-exactly = You have exactly as many.
result-more = You have { $n } more.
result-short = You are { $n } short.
result-took = Time used: { $time }.
result-time-ran-out = The time ran out.
result-practise = Practise what was wrong
result-practise-more = Practise
result-history = See all my exams
result-rule = Required: level { $level }, which is { $n } % right answers in each section.
result-rule-all = All values of the rule
result-points-title = What the level brings
result-points-level = Level { $level } in Kazakh brings
result-points = { $n } of { $of } points
result-points-none = Points for Kazakh begin with level A1.
result-points-more = Where you stand with it: the points calculator
result-valid-until = A certificate of this day would be valid until { $date }.
result-skills = What to work on
result-skill = Skill
result-right = Right
result-share = Share
result-skills-hint = Choose a skill to practise it, beginning at the level where you made mistakes.
result-items = Every question
result-filter = Which questions
result-filter-all = All ({ $n })
result-filter-wrong = Only the wrong ones ({ $n })
result-all-right = Every answer was right.
result-show-text = Read the text
result-show-recording = Play the recording and read its text
result-verdict-right = ✓ right
result-verdict-wrong = ✗ wrong
result-verdict-none = – no answer
result-forgotten = The answers of this attempt were deleted after the time for which this server keeps them. What was reached stays.
result-no-feedback = Under this rule the right answers are not shown.

history-title = Your exams
history-empty = You have not sat an exam here yet. Your results will be on this page.
history-sign-in = Did you sit one under your account?
history-guest = Your results are kept in this browser only. Create an account, and they stay with you on every device.
history-chart = Percent right in each section
history-chart-desc = The table below has every value.
history-needed = needed { $n }
history-mocks = Mock exams
history-practice = Practice
history-date = Date
history-required = Required
history-level = Level
history-state = State
history-passed = passed
history-failed = not passed
history-finished = finished
history-ready = not begun
history-running = in progress
history-expired = not begun in time
history-voided = void
history-result = Result
history-begin = Begin
history-continue = Continue
result-held-back = { $n ->
    [one] One text or recording is left out here: it is in a mock exam of yours that is not over. It comes back when that exam is finished.
   *[other] { $n } texts or recordings are left out here: they are in a mock exam of yours that is not over. They come back when that exam is finished.
}
