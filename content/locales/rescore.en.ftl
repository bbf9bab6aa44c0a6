assignment-tab-rescore = Corrections
rescore-title = Correct a question
rescore-lead = If a key was wrong or a question is bad, say what is right. You see who changes before anything does, and you can undo it.
rescore-none = Nobody has finished yet. A question can be corrected once somebody has.
rescore-questions = Questions of finished attempts
rescore-question = Question
rescore-facility = Chose the key
rescore-given = { $n ->
    [one] of { $n } attempt
   *[other] of { $n } attempts
}
rescore-correct = Correct
rescore-corrected = corrected
rescore-corrections = Corrections
rescore-undo = Undo
rescore-undone = undone on { $date }
rescore-what = What is to happen?
rescore-kind-right = Other answers are right
rescore-kind-right-hint = Tick them below.
rescore-kind-credit-all = Everybody gets the point
rescore-kind-credit-all-hint = Also whoever did not answer.
rescore-kind-leave-out = Leave the question out
rescore-kind-leave-out-hint = It counts for nobody: the section has one question less.
rescore-which = Which answers are right?
rescore-which-hint = All that give the point, the old key too if it still does.
rescore-chosen = chosen { $n ->
    [one] { $n } time
   *[other] { $n } times
}
rescore-reason = Why
rescore-reason-hint = Your learners see it beside the question.
rescore-see = See who changes
rescore-preview = Who changes
rescore-change = Of { $of } attempts with this question, { $n } change.
rescore-now-pass = { $n ->
    [one] { $n } passes now.
   *[other] { $n } pass now.
}
rescore-no-longer = { $n ->
    [one] { $n } no longer passes.
   *[other] { $n } no longer pass.
}
rescore-points = Points for Kazakh
rescore-same = No change:
rescore-signed = Attempts that are finished later are marked in the same way. A signed language score that somebody has already saved stays as it is; a new one shows the new result.
rescore-apply = Apply
rescore-discard = Discard
corrected = Corrected on { $date }: { $reason }
corrected-rekey = Another answer is right.
corrected-accept = Several answers are right.
corrected-credit-all = Everybody got the point.
corrected-leave-out = The question does not count.
result-verdict-left-out = – does not count
school-fault-item-unknown = No finished attempt has this question. Choose one from the list
school-fault-item-corrected = This question is corrected already. Undo that correction first
school-fault-kind-unknown = Choose what is to happen
school-fault-options-which = Tick the answers that are right
school-fault-options-same = This answer is the key already. Tick another one, or several
school-fault-reason-missing = Write why the question is corrected
school-fault-reason-too-long = Write the reason in at most 500 characters, on one line
