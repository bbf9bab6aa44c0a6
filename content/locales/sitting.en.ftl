prep-title = Before the exam
prep-lead = The clock starts only when you press Start. Take a minute to check the sound first.
prep-steps = What will happen
prep-recordings-of = { $n ->
    [one] { $n } recording
   *[other] { $n } recordings
}, { $items ->
    [one] { $items } question.
   *[other] { $items } questions.
}
prep-texts-of = { $n ->
    [one] { $n } text
   *[other] { $n } texts
}, { $items ->
    [one] { $items } question.
   *[other] { $items } questions.
}
prep-plays-text = { $n ->
    [one] You may play each recording once, and it cannot be paused.
   *[other] You may play each recording { $n } times, and it cannot be paused.
}
prep-back = Within the section you may go back and change answers.
prep-break = Break, up to { $n ->
    [one] { $n } minute
   *[other] { $n } minutes
}
prep-break-text = You may end it sooner. The next section starts by itself when the break is over.
prep-result = Result
prep-result-answers = At once, with the right answer and the reason for each question.
prep-result-score = At once, with your score in each section.
prep-rules = The rules that apply
prep-level = Level needed
prep-plays = Plays of a recording
prep-break-rule = Break
prep-up-to = up to { $n ->
    [one] { $n } minute
   *[other] { $n } minutes
}
prep-left = Exams you may still start
prep-left-days = within { $n ->
    [one] { $n } day
   *[other] { $n } days
}
prep-counts-listening = This exam counts once you start the listening section.
prep-counts-reading = This exam counts once you start the reading section.
prep-sources = Where these rules come from
prep-sound = Check the sound
prep-sound-text = Press the button. You should hear two soft tones, one after the other.
prep-sound-play = Play the test sound
prep-sound-yes = I hear it
prep-sound-no = I hear nothing
prep-sound-help = Turn the volume up, switch off silent mode, and take off or reconnect wireless headphones. Then play the sound again.
prep-sound-good = Good. Keep the volume as it is.
prep-load = Recordings
prep-load-text = They load now, so that a slow network cannot disturb the exam.
prep-recording = Recording { $n }
prep-kilobytes = { $n } KB
prep-retry = Try again
prep-no-scripts = Scripts are blocked in this browser. You can sit the exam all the same: each recording loads when you play it. Your answers are saved when you press a button or a question’s number.
prep-failure = If the network or the battery fails,
prep-failure-text = open Synaq again in this browser, or on any device where you are signed in. Your saved answers are there and the exam goes on. The clock does not stop.
prep-start-listening = Start listening
prep-start-reading = Start reading

load-waiting = Waiting
load-loading = Loading { $percent } %
load-in = Ready
load-failed = Did not load
load-broken = Arrived damaged, loading again
load-all-in = All recordings are on this device.
load-some-failed = Some recordings did not load. You may try again, or start: they will load during the exam.
load-loading-all = Loading the recordings: { $done } of { $of }.
load-sound-failed = The sound could not play. Check the volume and the headphones, then try again.
load-sound-playing = Playing…

sit-skip = Skip to the questions
sit-n-of = { $n } of { $of }
sit-time-left = Time left
sit-ends = Section ends at { $time } (Kazakhstan time)
sit-stimulus-listening = Recording { $n }
sit-stimulus-reading = Text { $n }
sit-fold = Fold
sit-unfold = Show the text
sit-plays-left-label = Plays left:
sit-played = How far the recording has played
sit-to-the-end = It plays to the end without a pause.
sit-playing-now = It plays now, and this play is counted. If you leave or reload the page, it is over.
sit-flag = Flag to come back
sit-save = Save the answers
sit-review = Review and finish
sit-prev-listening = Previous recording
sit-prev-reading = Previous text
sit-next-listening = Save and next recording
sit-next-reading = Save and next text
sit-help = Help: marks and keys
sit-questions = Questions
sit-ready = Saved as you answer
sit-saving = Saving…
sit-saved = Saved { $time }
sit-waiting = Waiting for the network. Answers not yet saved: { $n }
sit-waiting-one = Waiting for the network. 1 answer not yet saved
sit-away = The network is away. Everything you have answered is saved.
sit-signed-out = You are signed out. Sign in again: your answers are kept here.
sit-refused = Could not be saved (questions: { $n }). Reload the page.
sit-time-10 = 10 minutes left
sit-time-5 = 5 minutes left
sit-time-1 = 1 minute left
sit-time-up = Time is up. Saving your answers…
sit-time-up-waiting = Time is up. Answers waiting for the network: { $n }. They will be sent when it is back; those that come too late do not count.
sit-lost = These answers came after the end of the section and were not saved: questions { $n }. Every answer that was saved before counts.
sit-item = Question { $n }
sit-question = Question
sit-answered = answered
sit-unanswered = not answered
sit-flagged = flagged
sit-not-saved = Not yet saved
sit-overtaken = Question { $n }: another answer of yours, from another device, counts. It is shown now.
sit-turn-slow = The network is slow. The page is on its way…
sit-turn-waiting = The network is away, so the next page cannot be opened yet. Your answers are kept here.
sit-plays-left = { $n } of { $of }
sit-play = Play
sit-playing = Playing…
sit-loading = Loading the recording…
sit-no-plays = No plays left
sit-sound-failed = The sound failed. Check the volume and the network, then press the button again. This play will not be counted twice.
sit-continue = Continue
sit-interrupted = The sound was interrupted. Press Continue.
sit-play-failed = The network is away. Try again: one play will not be counted twice.
sit-broken = The recording arrived damaged and is loading again.

keys-use = Use these keys
keys-choose = choose an answer to the current question
keys-step = next and previous question
keys-flag = flag the question
keys-play = play the recording

unsaved-page-superseded = The exam was opened on another page after this one. From now on this page saves again.
unsaved-plays-used = This recording was played as often as the rule allows. Your answers are saved, and you can still change them.
unsaved-busy = The server was busy for a moment. Try again.
unsaved-store-unavailable = The server could not reach its data for a moment. Try again.
unsaved-storage-full = The server has no room to save at the moment. Keep this page open and try again; tell whoever runs the server.
unsaved-too-many-responses = Thousands of answers were saved in this exam, so no more are taken. Below is what is saved; you can finish.
unsaved-check = These answers are shown as you chose them here, but they are not saved yet. Look at them and save:

review-place = Review
review-title = Review before you finish
review-saved = All answers are saved
review-back = Back to the questions
review-complete = Every question has an answer.
review-missing = { $of ->
    [one] The question has no answer.
   *[other] { $n } of { $of } questions have no answer.
}
review-guess = A wrong answer costs nothing, so it is worth choosing one for each.
review-unanswered = Not answered: { $n }
review-flagged = Flagged: { $n }
review-all = All questions: { $n }
review-finish-listening = Finish listening
review-finish-reading = Finish reading
review-finish-text = After this you cannot change any answer in this section.

break-title = Break
break-after-listening = Listening is finished and saved
break-after-reading = Reading is finished and saved
break-until-listening = Listening starts by itself in
break-until-reading = Reading starts by itself in
break-text = Stand up, drink some water. Leave this page open, or come back to it in time.
break-clock = The { $n ->
    [one] { $n } minute
   *[other] { $n } minutes
} of the next section begin when the break ends.
break-start-listening = Start listening now
break-start-reading = Start reading now
break-ends = The break ends at { $time } (Kazakhstan time).
break-look = See how much of the break is left
sit-break-waiting = Waiting for the network. The break is over, and the time of the next section may be running already.

over-expired = This exam was not begun in time
over-expired-text = It has lapsed. It does not count, and you can take a new one.
over-voided = This exam was declared void
over-voided-text = It does not count.
over-reason = The reason given:
over-next = Go to the start page
over-closed = This section is over
over-closed-text = Its time was up or it was finished before these answers arrived. Every answer that was saved before counts.
over-go-on = Go on
taken-over = This exam is open on another page
taken-over-text = Only the page opened last saves answers, so that two pages cannot overwrite each other. What was saved before is safe. Go on there, or continue here: the other page then stops saving.
taken-over-here = Continue here
signed-out = Please sign in again
signed-out-text = Your answers are kept in this browser. They will be saved when you have signed in.
