problem-result-not-yet = The result is not there yet
problem-result-not-yet-text = Your school lets it come as late as on the real test. Its page says when.

assignment-tab-settings = Settings

practice-stem = Kind of question
practice-any-stem = Any kind
practice-fault-stem = Choose a kind of question from the list
practice-fault-minutes = Write a number of minutes from 1 to 240, or leave it empty
practice-fault-testlets = These are too many. Choose fewer
stem-agrees = What agrees with the text
stem-disagrees = What does not agree with the text
stem-not-answered = Which question the text does not answer
stem-main-idea = Main idea
stem-topic = Topic
stem-speaker = Who speaks
stem-emotion = Feeling of a speaker
stem-title = Fitting title
stem-proverb = Fitting proverb
stem-order = Order of events
stem-complete = Completing a sentence
stem-detail = Detail
stem-inference = What follows from the text
stem-synonym = Word of the same meaning
stem-antonym = Word of the opposite meaning
stem-suffix = Suffix
stem-conditional = Condition
stem-causal = Cause
stem-phrase = Phrase
stem-word-form = Form of a word

give-testlets = Texts or recordings
give-testlets-hint = Choose them yourself, and all learners get the same, with all their questions. Otherwise each learner gets others by the level and the number below.
give-pick = Choose texts or recordings
give-pick-others = Choose others
give-questions = { $n ->
    [one] { $n } question
   *[other] { $n } questions
}
give-minutes = Time limit in minutes
give-minutes-hint = From 1 to 240. Leave it empty for no limit.
give-results = Result
give-results-hint = Until then learners see only the date. You see the result at once, and can show it earlier.
give-results-at-once = At once
give-results-at-once-hint = When a learner finishes.
give-results-working-days-3 = After 3 working days
give-results-working-days-3-hint = As on the real test: at the end of the third working day.
give-feedback-set-at-once = At once
give-feedback-set-at-once-hint = After each question.
give-feedback-set-after-due = After the last day
give-feedback-set-after-due-hint = Until then learners see no answers and no reasons.
give-feedback-set-released = When the tutor shows them
give-feedback-set-released-hint = Until then learners see no answers and no reasons.
give-preview = Preview

preview-title = What a learner would get
preview-about = about { $n } min
preview-minutes = { $n } min
preview-sample = This is an example: each learner gets other texts and questions of this kind.
preview-same = Every learner gets these.
preview-nothing-kept = Nothing has been given yet.

pick-title = Choose texts or recordings
pick-text = Tick what the set is to hold. The order in which you tick is the order in the set. Your ticks stay when you change the filter.
pick-any-level = Any level
pick-filter = Filter
pick-none = Nothing in the bank fits this filter.
pick-testlet = Title
pick-questions = Questions
pick-picked = Chosen: { $n }, with questions: { $items }. A set holds at most 40 questions of one section.
pick-use = Use these

edit-title = Change it
edit-text = Whoever is in the middle keeps their attempt, its deadline and its result.
edit-started = Somebody has started, so what is to be done, and whether it counts, can no longer be changed.
edit-do = Save the changes
edit-saved = Saved.

exceptions-title = Exceptions for one learner
exceptions-text = A later last day or more attempts for one learner. They see it on their page.
exceptions-choose = Choose a learner
exceptions-until = Last day for this learner
exceptions-until-hint = Later than the last day of the group. Leave it empty to keep that.
exceptions-extra = More attempts
exceptions-extra-hint = How many besides those of the group, from 0 to 10.
exceptions-do = Grant it
exceptions-take-back = Take back

school-fault-testlets-unfit = One of the chosen texts or recordings is no longer in the bank, or has no question of this kind. Choose again
school-fault-testlets-too-many = The chosen texts or recordings have more than 40 questions. Choose fewer
school-fault-testlets-held = The answers to one of the chosen texts or recordings are still withheld from this group. Choose others, or show the answers later
school-fault-results-unknown = Choose when the result is shown
school-fault-opens-open = It is open already, so the first day can no longer be changed
school-fault-attempts-fewer = Somebody has made more attempts already
school-fault-work-started = Somebody has started meanwhile, so this can no longer be changed. The rest is as you typed it
school-fault-work-other-kind = An exam cannot become a practice set, nor a set an exam
school-fault-learner-missing = Choose a learner
school-fault-until-no-date = Write the last day, such as 2026-11-30, or leave it empty
school-fault-until-past = This day is over. Choose today or a later day
school-fault-until-not-later = Choose a day later than the last day of the group
school-fault-until-too-far = The last day must be within a year
school-fault-extra-out-of-range = Write a number from 0 to 10

own-exception = For you
own-exception-text = Your tutor has granted you other conditions; the dates and numbers here are yours.
own-minutes = Time limit
own-minutes-value = { $n } min, the clock starts with the set
own-minutes-none = none

result-not-yet-title = The result comes later
result-not-yet-text = Your school lets it come as on the real test, at the end of the third working day. You will see it here from:
result-not-yet-doubt = Not all days off in that time are known, so the real test could take longer.
result-not-yet-done = Your answers are kept. There is nothing left to do.
result-withheld = { $n } texts or recordings are left out: your school shows their answers later.
result-time-up = The time ran out; what you had answered by then counts.
history-not-yet = result from { $date }

practice-kept = Your answer is kept. Your school shows the right answer later.
practice-later-note = Your school shows the right answers later. Until you finish you can change your answers.
practice-time-up = The time is up. Your answers are being handed in.
practice-time-note = The time is counted by the server. What you have not sent when it is up is not counted, so check your answers in time.

terms-counts = counts against the retake limit
terms-training = training, does not count
terms-result-working-days-3 = result after 3 working days
terms-answers-at-once = answers at once
terms-answers-after-due = answers after the last day
terms-answers-released = answers when the tutor shows them
prep-given-later = At once, with your score in each section. Your school shows the right answers later.
prep-given-delayed = At the end of the third working day, as on the real test. Until then you see only the date.
own-result-from = result from { $date }
assignment-testlets = { $n ->
    [one] { $n } text or recording, chosen by the tutor
   *[other] { $n } texts or recordings, chosen by the tutor
}

shown-title = Which attempt
shown-last = Last attempt
shown-best = Best attempt
shown-first = First attempt
edit-release-results = A result that was to come later is shown now, too.
