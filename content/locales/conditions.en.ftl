conditions-title = Conditions for a learner
conditions-of = Conditions for { $name }
conditions-lead = They hold for everything that this school gives the learner. What the learner practises privately is not the school’s affair and stays as it is.
conditions-now = Granted now
conditions-none = Nothing is granted: the same holds as for everybody.
conditions-by = Granted by { $name } on { $date }.
conditions-percent = { $n } % more time
conditions-minutes = { $n ->
    [one] { $n } more minute in each section
   *[other] { $n } more minutes in each section
}
conditions-plays = { $n ->
    [one] { $n } more play of each recording
   *[other] { $n } more plays of each recording
}
conditions-break = { $n ->
    [one] each break { $n } minute longer
   *[other] each break { $n } minutes longer
}
conditions-larger = larger text
conditions-field-percent = More time, in percent
conditions-field-percent-hint = From 0 to 300. With 50, a section of 40 minutes takes 60.
conditions-field-minutes = More minutes in each section
conditions-field-minutes-hint = From 0 to 120. They come on top of the percent.
conditions-field-plays = More plays of each recording
conditions-field-plays-hint = From 0 to 5.
conditions-field-break = More minutes in each break
conditions-field-break-hint = From 0 to 60.
conditions-field-larger = Larger text during the exam
conditions-field-reason = Reason
conditions-field-reason-hint = You may leave it empty. Only those who teach here see it.
conditions-at-once = If the learner is sitting an exam of this school now, its clock changes at once.
conditions-grant = Grant these conditions
conditions-withdraw = Take them back
conditions-withdraw-text = From then on the same holds as for everybody. An exam that is going on loses the extra time; nothing that was saved is lost.
conditions-withdraw-do = Take back the conditions
conditions-link = Conditions
conditions-yours = Your school has granted you:
conditions-sat = Sat with: { $what }.
conditions-tag = other conditions
school-fault-extra_percent-out-of-range = Write a number from 0 to 300
school-fault-extra_minutes-out-of-range = Write a number of minutes from 0 to 120
school-fault-extra_plays-out-of-range = Write a number of plays from 0 to 5
school-fault-break_minutes-out-of-range = Write a number of minutes from 0 to 60
school-fault-reason-too-long = Write a reason of at most 200 characters
