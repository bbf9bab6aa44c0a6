skip = Skip to the content
nav-main = Main
nav-mock = Mock exam
nav-practice = Practice
nav-history = History
nav-points = Points
nav-pathway = Permit
nav-strip = Language and settings
sign-in = Sign in
sign-out = Sign out
sign-up = Create an account
settings = Settings
save = Save
saved = Saved.
error-prefix = Error:
errors-title = There is a problem
foot-independent = Synaq is independent of the National Testing Center. Every text and question here is our own. Nothing on these pages is legal advice.
foot-about = About and sources of the rules
independent = Synaq is independent of the National Testing Center.
not-a-certificate = A result here is not a certificate. It tells you where you stand.

section-listening = Listening
section-reading = Reading
basis-published = published
basis-assumed = assumed
table-rule = Rule
table-value = Value
table-basis = How sure
table-source = Source
minutes = { $n ->
    [one] { $n } minute
   *[other] { $n } minutes
}
months = { $n ->
    [one] { $n } month
   *[other] { $n } months
}
business-days = { $n ->
    [one] { $n } business day
   *[other] { $n } business days
}
from-percent = from { $n } % right
percent-each = { $n } % in each section

start-page-title = Kazakh mock exam for the residence permit
start-title = Sit a full KAZTEST mock exam
start-lead = KAZTEST is the Kazakh test for a residence permit in Kazakhstan. Here you sit it as it will be: the same sections, the same time.
start-in-progress = Your mock exam is in progress, and its clock is running.
start-continue = Continue the exam
start-limit = Your next mock exam is possible from { $date }.
start-limit-why = The rule allows a first attempt and { $n } retakes within { $days } days, and we keep to it. You can practise as much as you like.
start-practise = Practise
start-take = Take a mock exam
start-left = You can start { $n ->
    [one] { $n } more mock exam
   *[other] { $n } more mock exams
} within { $days } days. It counts only when you start its first section.
start-no-account = No account is needed. With an account your results stay with you on every device.
start-what = What is in the exam
figure-items = { $n ->
    [one] question
   *[other] questions
}
figure-minutes = { $n ->
    [one] minute
   *[other] minutes
}
figure-recordings = { $n ->
    [one] recording
   *[other] recordings
}
figure-texts = { $n ->
    [one] text
   *[other] texts
}
start-plays = { $n ->
    [one] Each recording may be played once.
   *[other] Each recording may be played { $n } times.
}
start-texts = Questions on what each text says, and on its words and grammar.
start-pass = What you need to pass
start-rule = Level required of you
start-rule-hint = Most sources say A1. One says B1 since April 2026. Ask the office that will take your papers.
start-show-rule = Show this rule
start-rules-table = All values of this rule, with their sources
start-points = Is your Kazakh enough?
start-points-text = A residence permit takes points besides the test: for age, education, languages and work.
start-points-do = Work out your points

rule-required = Level that passes
rule-from = In force from
rule-until = In force until
rule-each = What must reach it
rule-each-value = each section by itself
rule-items = questions
rule-time = time
rule-plays = plays of a recording
rule-recordings = recordings
rule-texts = texts
rule-break = Longest break between the sections
rule-band = Level { $level } in a section
rule-retakes = Repeating the exam
rule-retakes-value = { $n } times within { $days } calendar days
rule-zone = Days are counted in the time zone
rule-result = Result of the real test within
rule-certificate = Certificate valid for
rule-points = Points for level { $level }

about-title = About Synaq and the sources of the rules
about-lead = The rules of the test change. We keep each version as dated data and show where every value comes from.
about-basis = What “published” and “assumed” mean
about-published = A public source states it. The source stands beside it.
about-assumed = No public source states it. It is our choice, and it may differ from the real test.
about-content = Where the texts come from
about-content-text = Every text, recording and question was written for Synaq. The voices of the recordings are synthetic. They are not official items.

sign-in-wrong = The email or the password is wrong. Check both and try again.
sign-in-none = No account yet?
go-on-as-guest = Go on as a guest
sign-up-guest = Your exams in this browser will move into the account.
sign-up-why = With an account your results stay with you on every device.
sign-up-do = Create the account
sign-up-have = Already have one?
field-name = Your name
field-name-hint = As you want to see it on your results.
field-email = Email
field-email-hint = You will sign in with it. We send you nothing.
field-password = Password
field-password-hint = 10 characters or more. Three words that you will remember are good.
fault-name-missing = Write your name
fault-name-too-long = Write a name of at most 100 characters
fault-email-missing = Write your email address
fault-email-not-an-address = Write an email address such as name@example.kz
fault-email-refused = An account cannot be made with this address. If you have an account, sign in
fault-password-too-short = The password must have 10 characters or more
fault-password-too-long = The password is too long

settings-title = Display settings
settings-lead = They hold for this browser, in the exam too.
settings-language = Language of the site
settings-language-hint = The exam itself is always in Kazakh.
settings-theme = Colours
settings-size = Text size
settings-font = Letters
choice-auto = As my device
choice-light = Light
choice-dark = Dark
choice-normal = Normal
choice-large = Large
choice-largest = Largest
choice-system = As my device
choice-dyslexia = Easier to tell apart: more space, and OpenDyslexic if your device has it

error-start = Go to the start page
error-practise = Practise instead
error-continue = Continue that exam
error-history = See your exams
problem-no-page = There is no such page
problem-no-page-text = The address may be mistyped, or the page has moved.
problem-not-found = There is no such exam
problem-not-found-text = It may belong to another account. Sign in with the account under which you sat it.
problem-csrf = This page was open too long
problem-csrf-text = Nothing was changed. Go back, reload the page and try again.
problem-malformed = The form could not be read
problem-malformed-text = Nothing was changed. Go back and try again.
problem-too-large = That was too much to send
problem-too-large-text = Nothing was changed. Go back and send less.
problem-too-many-requests = Too many tries
problem-too-many-requests-text = Wait a minute and try again. Nothing was lost.
problem-retake-limit = The next mock exam is possible from { $date }
problem-retake-limit-text = The rule allows a first attempt and a set number of retakes within a month, and we keep to it. From { $date } you can sit the next one. Practice is open all the time.
problem-too-many-responses = This exam holds as many answers as one can
problem-too-many-responses-text = Thousands of answers were saved in it, so no more are taken. All that were saved stay, and you can finish.
problem-kept-back = The answers to this text are kept back
problem-kept-back-text = It is in a mock exam of yours that is not over, or in work whose answers your school shows later. Nothing was lost.
problem-attempt-in-progress = An exam is already in progress
problem-attempt-in-progress-text = Only one mock exam can run at a time, and its clock is running. Nothing was lost and no new exam was counted.
problem-section-closed = This section is over
problem-section-closed-text = Its time is up or it was finished. Every answer that was saved counts.
problem-wrong-state = This is not possible now
problem-wrong-state-text = The exam has moved on since this page was opened. Nothing was lost.
problem-section-order = Another section comes first
problem-section-order-text = The sections are sat in order. Nothing was lost.
problem-no-such-section = This exam has no such section
problem-no-such-section-text = The address may be mistyped.
problem-no-such-item = This exam has no such question
problem-no-such-item-text = Nothing was changed. Reload the exam's page.
problem-no-such-recording = This exam has no such recording
problem-no-such-recording-text = Nothing was changed. Reload the exam's page.
problem-page-superseded = This exam is open on another page
problem-page-superseded-text = To keep your answers in order only the page opened last can save. Open the exam here to go on here.
problem-plays-used = No plays of this recording are left
problem-plays-used-text = It was played as often as the rule allows. You can still answer its questions.
problem-not-finished = The result is not there yet
problem-not-finished-text = It appears when the exam is finished.
problem-not-a-mock = Only a mock exam gives a language score
problem-not-a-mock-text = A practice set does not count.
problem-no-such-profile = There is no such profile
problem-no-such-profile-text = It may have been deleted, or belong to another account.
problem-too-many-profiles = No more profiles can be saved
problem-too-many-profiles-text = Delete one that you no longer need, then save again.
problem-unknown-rule = There is no such rule set
problem-unknown-rule-text = It may have been removed. Choose another on the start page.
problem-bank-too-small = The bank cannot make such an exam
problem-bank-too-small-text = Choose another rule set, or tell whoever runs this server.
problem-nothing-fits = Nothing fits this choice
problem-nothing-fits-text = Choose another level, topic or skill.
problem-invalid = A value is not possible
problem-invalid-text = Go back and choose again. Nothing was changed.
problem-account-refused = An account cannot be made with this address
problem-account-refused-text = If you have an account, sign in.
problem-wrong-credentials = The email or the password is wrong
problem-wrong-credentials-text = Check both and try again.
problem-no-points-table = There is no table of points
problem-no-points-table-text = No rules of the assessment are in force on this server today. Tell whoever runs it.
problem-busy = The server is busy
problem-busy-text = Try again in a moment. What was saved is safe.
problem-store-unavailable = The server cannot reach its data
problem-store-unavailable-text = Try again in a moment. What was saved is safe.
problem-storage-full = The server has no room to save
problem-storage-full-text = What was saved is safe. Tell whoever runs the server, and try again in a moment.
