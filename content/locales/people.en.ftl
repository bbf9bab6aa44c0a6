invitations-title = Invitations to you
invitation-group = to learn in the group { $group }
invitation-tutor = to teach in the school
invitation-by = Invited by { $name }. It waits until { $date }.
invitation-accept = Accept
invitation-decline = Decline
invitation-code = Code of the invitation
invitation-code-hint = Twelve letters and digits, such as ABCD-EFGH-JKMN. Whoever invited you has it.
invitation-proof = Synaq sends no mail. The invitation waits for 30 days and is shown to whoever signs in with this address. Nobody checks whose address it is, so to accept one also needs the code that stands beside the invitation. Tell it to your colleague yourself, in person or by phone, and to nobody else. Here it is not shown whether there is an account with this address.
invited-code = Code:
invited-title = { $n ->
    [one] { $n } invitation waits
   *[other] { $n } invitations wait
}
invited-until = until { $date }
start-invitations = { $n ->
    [one] { $n } invitation waits for you.
   *[other] { $n } invitations wait for you.
}
start-invitations-do = See it
school-change-role = Change
school-make-owner = Make owner
school-make-tutor = Make tutor
school-send-away = Send away
school-fault-email-teaches = Whoever has this address teaches in the school already
school-fault-code-needed = Type the code of the invitation. Whoever invited you has it
school-fault-code-mismatch = This is not the code of this invitation. Check the letters and digits, or ask whoever invited you
school-fault-email-too-many = 100 invitations of tutors wait. Take one back first
school-fault-role-unknown = Choose owner or tutor
group-remove = Take out
group-rename = Rename the group
group-name = Name of the group
group-roster = Invite learners from a list

roster-title = Invite learners from a list
roster-lead = Paste the list of your learners or choose its file. You see what will happen to each line before anything does.
roster-account = Synaq sends no mail: each invitation waits for 30 days for whoever signs in with that address. Tell your learners to sign in, or to create an account, with the address on the list.
roster-text = The list
roster-text-hint = One learner on each line: name, address. Commas, semicolons or tabs between them, with or without a heading such as “name,email”. At most 1,000 lines.
roster-file = Or a file
roster-file-hint = CSV from a spreadsheet, up to 256 KB. If you choose a file, it counts and not the text above.
roster-check = Check the list
roster-preview = What will happen
roster-mend = Change the list
roster-line = Line
roster-line-n = Line { $n }
roster-what = What happens
roster-new = { $n ->
    [one] Every line is right. { $n } learner will be invited.
   *[other] Every line is right. { $n } learners will be invited.
}
roster-nothing-new = Every line is right, and there is nobody new: everybody on the list is in the group or invited.
roster-import = { $n ->
    [one] Invite { $n } learner
   *[other] Invite { $n } learners
}
roster-wrong = { $n ->
    [one] { $n } line is wrong
   *[other] { $n } lines are wrong
}
roster-nothing-imported = Nobody was invited. Mend the list below and check it again.
roster-fate-invite = will be invited
roster-fate-in-group = in the group already
roster-fate-invited = invited already
roster-fate-teaches = teaches in the school
roster-fate-twice = same address as on line { $n }
roster-row-no-address = has no address
roster-row-not-an-address = the address is not like name@example.kz
roster-row-name-too-long = the name is longer than 100 characters
roster-row-name-control = the name is not on one line
school-fault-roster-empty = The list is empty. Paste it or choose a file
school-fault-roster-too-large = The list is larger than 256 KB. Import it in parts
school-fault-roster-too-many = The list has more than 1,000 lines. Import it in parts
school-fault-roster-not-text = The file cannot be read as text. In your spreadsheet save it as “CSV UTF-8”
school-fault-roster-crowded = 5,000 invitations to this group wait. Take some back first
