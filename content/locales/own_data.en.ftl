own-data-title = Your data
own-data-text = Everything that this server keeps about you, as one JSON file. The recordings that you made for a school are not in it: it tells the address at which each is heard. The server keeps no other files of yours.
own-data-download = Download your data
own-data-erase = Erase your data
erase-title = Erase your data
erase-lead = This cannot be undone.
erase-gone = Your name, your address, your password, your sessions, your points profiles and the invitations to you are deleted.
erase-stays = Your attempts stay without your name: they count in the statistics of questions and groups, where you appear as “erased learner”.
erase-recordings = Recordings that you made for a school and that it has used stay with the school and can be heard, without a name; those that it has not used are deleted.
erase-schools = You leave your schools and groups. If you are the only owner of a school with other people, make somebody else its owner first.
erase-scores = Language scores that you have handed out stay valid by their signature; nobody can tell from them who you were.
erase-first = If you want to keep a copy:
erase-sure = Yes, erase everything about me
erase-password-hint = The password of your account, so that nobody else can do this.
erase-do = Erase my data
erase-not = Keep everything
erase-fault-sure = Tick the box to say that you want this
erase-fault-password = This is not the password of your account
erase-fault-unknown = No account has this address
erased-title = Your data is erased
erased-lead = Your name and your address are kept here no more. What you answered stays without them, and a recording that you made for a school and that it has used can be heard as before, without a name too.

operator-erase = Erase somebody on request
operator-erase-text = The holder of an account asks you to erase them. Who they are is deleted; their results stay without a name. This cannot be undone.
operator-erase-hint = The address of their account.
operator-erase-sure = They have asked for it, and I am sure
operator-erase-do = Erase them
operator-erased = Erased.
operator-retention = What is kept for how long
operator-retention-guests = Guests without any use
operator-retention-responses = Answers of attempts that are over
operator-retention-invitations = Invitations that are over
operator-for-ever = for ever
operator-days = { $n ->
    [one] { $n } day
   *[other] { $n } days
}
operator-retention-text = Set in the configuration, section “retention”. A pass at start and once a day deletes what is older; the record says how much.
