# The track of a paced section: recordings as on the day.
problem-played-by-track = The recordings are played by the track
problem-played-by-track-text = This section is sat as on the day: one track plays every recording. You can answer its questions until the section ends.
problem-no-track = This exam cannot be sat as on the day now
problem-no-track-text = Its recordings do not fit into the time of the section, or cannot be joined. Start it with recordings that you play yourself.
rule-delivery = how recordings are played
rule-delivery-free = each by the learner
rule-delivery-paced = by one track, as on the day
rule-delivery-either = each by the learner, or by one track as on the day: whoever starts a mock chooses

track-choose = How the recordings are played
track-free = I play each recording myself
track-free-text = You start each recording when you are ready for it, as often as the rule allows.
track-paced = As on the day
track-paced-text = One track plays every recording and gives time for its questions. It cannot be stopped.

# Before the exam.
track-prep = { $n ->
    [one] One track plays each recording once and gives time for its questions after it, as on the day. It cannot be stopped or moved. You can change your answers until the section ends.
   *[other] One track plays each recording { $n } times and gives time for its questions after it, as on the day. It cannot be stopped or moved. You can change your answers until the section ends.
}
track-load = The track
track-load-text = It loads now, so that a slow network cannot disturb the exam.
track-whole = The whole listening section

# In the exam.
track-nth = listening { $nth } of { $of }
track-answer = time for its questions
track-over = The track has ended. Check your answers.
track-time = Time for its questions
track-part = How much of it has been played
track-note = The track plays by itself and cannot be stopped. If you load the page again, it goes on where the clock is; what was missed is not repeated.
track-plain = The track goes with the clock. If it does not play by itself, press play and leave it running.
track-now = Go to the questions of this recording
track-start = Play the sound
track-blocked = Your browser waits for you to press the button. The clock is running.
track-loading = The sound is loading…
track-failed = The sound cannot be loaded. Check the network and press the button. The clock is running.
track-stopped = The sound has stopped. Press the button; the clock is running.
track-late = The sound had stopped. It goes on where the clock is; what was missed is not repeated.

# What a school gives.
give-delivery-choose = As the learner chooses
give-delivery-choose-hint = Each learner chooses when they start.
give-delivery-free = Each by the learner
give-delivery-free-hint = They start each recording themselves, as often as the rule allows.
give-delivery-paced = As on the day
give-delivery-paced-hint = One track plays every recording and gives time for its questions. It cannot be stopped.
school-fault-delivery-not-offered = This rule set does not offer it: choose another way in which the recordings are played.

# Afterwards.
track-played = { $n ->
    [one] Played by the track once
   *[other] Played by the track { $n } times
}
track-sat = It was sat as on the day: one track played the recordings.
