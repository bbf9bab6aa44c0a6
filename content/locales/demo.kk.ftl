demo-banner = Көрсетілім: мұндағы адамдар мен деректердің бәрі ойдан шығарылған
demo-accounts = Көрсетілімнің тіркелгілері
demo-accounts-text = Кез келгенімен кіріңіз. Құпиясөзі бәріне ортақ:
demo-role-owner = Иесі
demo-role-tutor = Оқытушы
demo-role-learner = Оқушы
demo-learners = Барлық тыңдаушылар
