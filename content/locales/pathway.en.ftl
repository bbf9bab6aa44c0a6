sourced-ref = Source { $n }
sourced-no-longer = No longer in force:
sourced-since = In force since

pathway-title = Your way to a residence permit
pathway-lead = Which procedure is yours, whether you need the Kazakh test, and by when each document must be ready. Every value names its source.
pathway-not-advice = This is not legal advice. Check with the place where you apply.
pathway-contents = On this page
pathway-procedure = Which procedure is yours
pathway-stages = Stages and timeline
pathway-documents = Documents
pathway-refusal = After a refusal
pathway-retakes = Retaking the test
pathway-funds = How much money
pathway-disputes = What the sources do not agree on
pathway-routes = Other permits and earlier rules
pathway-export = Take the dates along
pathway-sources = Sources

pathway-verdict-test = You need the Kazakh test
pathway-verdict-no-test = You do not need the Kazakh test
pathway-verdict-default = Unless something below is true of you, your procedure is: { $procedure }.
pathway-verdict-procedure = By what you ticked, your procedure is: { $procedure }.
pathway-verdict-other = Also open to you: { $procedure }.
pathway-test-needed = KAZTEST is needed.
pathway-test-not-needed = KAZTEST is not needed.
pathway-certificate-needed = The certificate of the assessment by points is needed.
pathway-certificate-not-needed = The certificate of the assessment by points is not needed.
pathway-region-accepts = { $region }: applications are accepted here in the pilot.
pathway-region-refuses = { $region }: applications are not accepted here in the pilot.
pathway-pilot-over = The pilot ended on { $date }. These rules may no longer apply; look for the new order.
pathway-coming = Your next dates
pathway-questions = Tick what is true of you
pathway-questions-hint = If nothing is, tick nothing: the standard procedure is yours.
pathway-region = Where you will apply
pathway-region-any = Not chosen
pathway-show-verdict = Show my procedure
pathway-regions-accept = Applications are accepted in: { $names }.
pathway-regions-refuse = Left out: { $names }.
pathway-yours = yours
pathway-visas = Visas

pathway-span-result = Result within { $n ->
    [one] { $n } working day
   *[other] { $n } working days
}.
pathway-span-review = Review within { $n ->
    [one] { $n } working day
   *[other] { $n } working days
}.
pathway-span-notification = The notification is valid for { $n ->
    [one] { $n } month
   *[other] { $n } months
}. Hand in the documents within that time.
pathway-span-decision = Decision within { $n ->
    [one] { $n } calendar day
   *[other] { $n } calendar days
} of registration.
pathway-timeline = Count your dates
pathway-field-test = Day of the test
pathway-field-questionnaire = Day you send the questionnaire
pathway-field-notification = Day of the notification
pathway-field-submission = Day you hand in the documents
pathway-show-timeline = Count
pathway-earliest = (taken as the earliest)
pathway-step-test = Test
pathway-step-result-by = Result of the test by
pathway-step-questionnaire = Questionnaire
pathway-step-review-by = Review of the questionnaire by
pathway-step-notification = Notification
pathway-step-submission = Documents handed in
pathway-step-decision-by = Decision by
pathway-step-notification-ends = Last day of the notification
pathway-step-test-ends = Last day of the test’s certificate
pathway-flag-after-pilot = After the end of the pilot: what applies then is not published.
pathway-flag-after-test = The test’s certificate will have expired by then.
pathway-flag-after-notification = The notification will have expired by then.
pathway-flag-too-soon = This is before something that must come first.
pathway-flag-tight = What comes first may not be done by then.
pathway-flag-day-off = This is a day off.
pathway-doubt-year = Not certain: the days off of { $year } are not known, so only weekends are left out.
pathway-doubt-day = Not certain: the date of { $day } in { $year } is not known and may add a day.
pathway-days-off = Days off that the count leaves out
pathway-day-moved = moved from { $date }

pathway-documents-planned = The days are counted for the day on which you hand in the documents. If you have a document already, enter its day: you will see whether it will still be valid.
pathway-documents-unplanned = To see the first and last day for each document, enter:
pathway-document-issued = { $document }: day of issue, if you have it
pathway-document-ends = { $document }: its last day, if you have it
pathway-valid = Valid
pathway-valid-days = { $n ->
    [one] { $n } calendar day
   *[other] { $n } calendar days
}
pathway-valid-months = { $n ->
    [one] { $n } month
   *[other] { $n } months
}
pathway-valid-runs = term of at least { $n ->
    [one] { $n } month
   *[other] { $n } months
}
pathway-valid-none = not stated
pathway-earliest-day = Earliest day
pathway-latest-day = Latest day
pathway-runs-until = Must run until
pathway-expires = Yours is valid until
pathway-document-excused = Your procedure does not ask for it.
pathway-state-any-time = any day before
pathway-state-too-early = too early now
pathway-state-obtain-now = obtain it now
pathway-state-submission-past = the day is past
pathway-state-valid = will be valid
pathway-state-will-have-expired = will have expired
pathway-state-after-submission = after the day of submission
pathway-state-must-run = check its term
pathway-state-ends-too-early = ends too early
pathway-show-documents = Check my documents

pathway-refusal-lead = This is about a refusal of the questionnaire, such as for too few points. Enter each application that was refused, the first one first, and see when the next may be sent.
pathway-round-1 = First application
pathway-round-2 = Second application
pathway-round-3 = Third application
pathway-round-4 = Fourth application
pathway-field-submitted = Day it was sent
pathway-field-refused = Day of the refusal
pathway-show-refusal = Show the next dates
pathway-early = One of these was sent before it was open. The next date is counted all the same.
pathway-opens = Open from
pathway-not-before = If that is refused too, not before
pathway-needs-submission = Enter the day on which the last application was sent.
pathway-other-reading = By another reading, from the first refusal:
pathway-after-refusal = { $n ->
    [one] { $n } month after the refusal
   *[other] { $n } months after the refusal
}
pathway-after-submission = No earlier than { $n ->
    [one] { $n } month after the previous application was sent
   *[other] { $n } months after the previous application was sent
}
pathway-resubmission-1 = First re-submission
pathway-resubmission-2 = Second re-submission
pathway-resubmission-3 = Third re-submission
pathway-resubmission-later = Each later one

pathway-retake-rule = A first test and { $n ->
    [one] { $n } retake
   *[other] { $n } retakes
} within { $days } calendar days.
pathway-retake-own-left = Of your mock exams here: you can start { $n ->
    [one] { $n } more
   *[other] { $n } more
} now.
pathway-retake-own-next = Of your mock exams here: the next one is possible from { $date }.
pathway-retake-lead = If you have sat the real test, enter the days.
pathway-taken-1 = First test
pathway-taken-2 = Second test
pathway-taken-3 = Third test
pathway-taken-4 = Fourth test
pathway-show-retakes = Show when the next is allowed
pathway-retake-left = By the days entered, you can sit { $n ->
    [one] { $n } more test
   *[other] { $n } more tests
} now.
pathway-retake-next = By the days entered, the next test is possible from { $date }.

pathway-funds-sum = At least
pathway-funds-rule = The rule
pathway-funds-mci = { $n } MCI (monthly calculation indexes)
pathway-funds-tenge = { $sum } tenge
pathway-funds-one = One MCI
pathway-funds-value = { $sum } tenge in { $year }
pathway-funds-rounded = Another source writes
pathway-disputes-lead = Both readings stand here with who gives them. None of them is ours to decide.
pathway-ours = What Synaq does:
pathway-routes-lead = These are often mixed up with the residence permit of this page.
pathway-superseded = no longer apply
pathway-export-lead = The file holds the days of your plan. Calendars on phones and computers can open it.
pathway-export-do = Download for your calendar
pathway-export-none = Enter a day of the timeline or of a refusal above, and the dates can be downloaded here.
pathway-print = This page prints as a checklist: use your browser’s print command.
pathway-sources-lead = Published: a public source states it. Assumed: no public source does, it is our reading.

pathway-event-earliest = Earliest day: { $document }
pathway-event-expires = Last day: { $document }
pathway-event-opens = Open: { $what }
pathway-event-entered = Entered by you.
pathway-fault-day = This is not a day. Write day, month and year with dots between, or choose it in the calendar.
pathway-fault-refusal-missing = Enter the day of the refusal too.
pathway-fault-round-missing = Enter the application before this one first.
pathway-fault-refused-before-submitted = This is after the refusal. Check both days.
pathway-fault-round-order = This is before the previous refusal. Check the order.
problem-no-pathway = This server has no data on residence permits
problem-no-pathway-text = Its content holds no table of the procedure or no calendar. Tell whoever runs the server. Exams and practice work as usual.
