# The track of a paced section: recordings as on the day.
problem-played-by-track = The recordings are played by the track
problem-played-by-track-text = This section is sat as on the day: one track plays every recording. You can answer its questions until the section ends.
problem-track-too-long = This exam cannot be sat as on the day
problem-track-too-long-text = Its recordings do not fit into the time of the section. Start it with recordings that you play yourself.
rule-delivery = how recordings are played
rule-delivery-free = each by the learner
rule-delivery-paced = by one track, as on the day
rule-delivery-either = each by the learner, or by one track as on the day: whoever starts a mock chooses

track-choose = How the recordings are played
track-free = I play each recording myself
track-free-text = You start each recording when you are ready for it, as often as the rule allows.
track-paced = As on the day
track-paced-text = One track plays every recording and gives time for its questions. It cannot be stopped.
